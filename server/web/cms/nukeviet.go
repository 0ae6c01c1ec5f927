package cms

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	plainName    = regexp.MustCompile(`^[a-z][a-z0-9]*$`)
	hexLike      = regexp.MustCompile(`#([0-9A-Fa-f]{3,6});*`)
	nukeTags     = list("embed object param a b blockquote br caption col colgroup div em h1 h2 h3 h4 h5 h6 hr i img li p span strong s sub sup table tbody td th tr u ul ol iframe figure figcaption video audio source track code pre mark")
	nukeNotKept  = list("action background codebase dynsrc lowsrc allownetworking allowscriptaccess fscommand seeksegmenttime")
	nukeRemoteOf = map[string]string{"form": "action", "iframe": "src", "embed": "src", "object": "data"}
)

// nukeviet models the filter of posted values and the editor's list of tags.
// It reads a tag's name up to the first space and knows no other blank.
func nukeviet(source string) string {
	return rules{
		whole: []string{"script"},
		tag:   func(p piece) bool { return onOneLine(p) && nukeTags[p.name] },
		keep: func(tag string, a attribute) bool {
			return a.spaced && !isEvent(a.name) && !nukeNotKept[a.name] && nukeRemoteOf[tag] != a.name && !scripted(a.value)
		},
		rewrite: func(_ string, a *attribute) {
			if a.bare {
				a.bare, a.value = false, a.name
			}
			cutAtQuote(a)
			if a.name != "href" {
				a.value = hexLike.ReplaceAllStringFunc(a.value, decimalColor)
			}
		},
	}.apply(source)
}

// onOneLine reports whether a tag's name is plain letters and a space, or
// nothing, follows it. A line break there deletes the tag.
func onOneLine(p piece) bool {
	return plainName.MatchString(p.name) && (p.kind == closing || p.afterName == ' ' || p.afterName == '>')
}

// cutAtQuote spoils a single-quoted value with double quotes in it, such as
// JSON: it ends at the second of them.
func cutAtQuote(a *attribute) {
	if a.quote != '\'' {
		return
	}
	parts := strings.SplitN(a.value, `"`, 3)
	if len(parts) == 3 {
		a.value = "'" + parts[0] + "'" + parts[1] + "'"
	}
}

// decimalColor writes #rrggbb as rgb(…), wherever it stands and whatever it
// is; of #rgb each digit becomes a number of its own, 15 at most.
func decimalColor(s string) string {
	digits := strings.Trim(s, "#;")
	width := len(digits) / 3
	if len(digits) != 3 && len(digits) != 6 {
		return s
	}
	var n [3]uint64
	for i := range n {
		n[i], _ = strconv.ParseUint(digits[i*width:(i+1)*width], 16, 8)
	}
	return fmt.Sprintf("rgb(%d, %d, %d);", n[0], n[1], n[2])
}
