package inspect

import (
	"net/url"
	"slices"

	"lensan/server/referral"
)

// Codes returns the codes at our own host that a page links to, shows or
// frames, each once, in the order of the page's kinds: links, pictures, frames.
func Codes(source, base string) []referral.Code {
	if len(source) > MaxSource {
		source = source[:MaxSource]
	}
	own, err := url.Parse(base)
	if err != nil {
		return nil
	}
	r := reader{base: own}
	r.read(source)
	var codes []referral.Code
	add := func(t target) {
		if t.same && t.code != "" && !slices.Contains(codes, t.code) {
			codes = append(codes, t.code)
		}
	}
	for _, a := range r.anchors {
		add(a.target)
	}
	for _, p := range r.pictures {
		add(p.target)
	}
	for _, f := range r.iframes {
		add(f.target)
	}
	return codes
}
