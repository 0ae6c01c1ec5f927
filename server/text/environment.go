package text

import "strings"

// FromEnvironment returns the language of the terminal: English where LC_ALL,
// LC_MESSAGES or LANG (in that order, the first that is set) asks for it, else
// Vietnamese.
func FromEnvironment(getenv func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			if strings.HasPrefix(v, "en") {
				return "en"
			}
			break
		}
	}
	return Languages[0]
}
