// Package inspect reads the HTML of somebody's page and says what became of
// our snippets on it: which forms stand there, what the content system changed,
// and what the page's own policy blocks. It reads text and fetches nothing.
package inspect
