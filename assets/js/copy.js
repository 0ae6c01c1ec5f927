// Adds a copy button to every [data-copy] block: its text is that of the
// textarea inside. Without this script the text can be selected by hand.
