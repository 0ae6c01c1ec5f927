package cms

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// The systems in this file have lists of what may pass.

var (
	wordpressTags = list("a abbr acronym address area article aside audio b bdo big blockquote br button caption cite code col colgroup dd del details dfn dir div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd label legend li main map mark menu nav object ol p pre q rb rp rt rtc ruby s samp section small span strike strong sub summary sup table tbody td textarea tfoot th thead title tr track tt u ul var video")
	wordpressAll  = list("aria-describedby aria-details aria-label aria-labelledby aria-hidden class dir id lang style title role xml:lang")
	wordpressOf   = map[string]map[string]bool{
		"a":   list("href rel rev name target download"),
		"img": list("alt align border height hspace loading longdesc vspace src usemap width"),
	}

	purifyNot = list("script iframe frame frameset object embed applet base link meta noscript template form-not title xml")

	drupalTags = map[string]map[string]bool{
		"br": nil, "p": nil, "h2": list("id"), "h3": list("id"), "h4": list("id"), "h5": list("id"), "h6": list("id"), "cite": nil, "dl": nil, "dt": nil, "dd": nil,
		"a": list("hreflang href"), "blockquote": list("cite"), "ul": list("type"), "ol": list("type start"), "li": nil, "strong": nil, "em": nil, "code": nil, "span": nil,
		"img": list("src alt height width data-entity-uuid data-entity-type data-caption data-align"),
	}

	antisamyNot     = list("script iframe frame frameset")
	antisamyTags    = list("a article aside b bdi big blockquote br center cite code col colgroup details div em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img label legend li main map mark nav ol p picture pre s samp section small source span strike strong sub summary sup table tbody td tfoot th thead tr u ul video")
	antisamyAll     = list("id style title class lang")
	antisamyOf      = map[string]map[string]bool{"a": list("href target rel name nohref"), "img": list("src alt name height width border align hspace vspace")}
	antisamyAlt     = regexp.MustCompile(`^[\p{L}\p{N},'.\s\-_()]*$`)
	antisamyTitle   = regexp.MustCompile(`^[\p{L}\p{N}\s\-_',:\[\]!./\\()&]*$`)
	antisamyAddress = regexp.MustCompile(`^(https?://|mailto:)[\p{L}\p{N}][\p{L}\p{N}\p{Zs}.#@$%*+&;:\-_~,?=/!()]*$`)
	antisamyRel     = regexp.MustCompile(`^\s*(nofollow|noopener|noreferrer)(\s(nofollow|noopener|noreferrer))*\s*$`)
)

// wordpress models wp_kses with the tags of a post.
func wordpress(source string) string {
	return rules{
		tag:    func(p piece) bool { return wordpressTags[p.name] },
		inside: []string{"script", "style", "iframe"},
		keep: func(tag string, a attribute) bool {
			return wordpressAll[a.name] || isData(a.name) || wordpressOf[tag][a.name] || wordpressOf[tag] == nil && !isEvent(a.name)
		},
		rewrite: func(_ string, a *attribute) {
			if scripted(a.value) {
				_, a.value, _ = strings.Cut(a.value, ":")
			}
		},
	}.apply(source)
}

// domPurify models DOMPurify with its defaults.
func domPurify(source string) string {
	return rules{
		whole: []string{"script", "iframe", "style"},
		tag:   func(p piece) bool { return !purifyNot[p.name] && !strings.Contains(p.name, "-") },
		keep: func(_ string, a attribute) bool {
			return !isEvent(a.name) && a.name != "target" && a.name != "sandbox" && !scripted(a.value)
		},
	}.apply(source)
}

// drupal models the text format "Basic HTML" of the standard profile. A
// picture from another host becomes the icon of a removed picture.
func drupal(source string) string {
	return rules{
		tag:    func(p piece) bool { _, ok := drupalTags[p.name]; return ok },
		inside: []string{"script", "style", "iframe"},
		keep: func(tag string, a attribute) bool {
			return (drupalTags[tag][a.name] || a.name == "lang" || a.name == "dir") && !scripted(a.value)
		},
		replace: func(p piece) (string, bool) {
			if p.name != "img" || !remote(p) {
				return "", false
			}
			return `<img src="/core/misc/icons/e32700/error.svg" alt="Image removed." height="16" width="16" title="This image has been removed. For security reasons, only images from the local domain are allowed." class="filter-image-invalid">`, true
		},
	}.apply(source)
}

func remote(p piece) bool {
	for _, a := range p.attributes {
		if u, err := url.Parse(html.UnescapeString(a.value)); a.name == "src" && (err != nil || u.Host != "") {
			return true
		}
	}
	return false
}

// antisamy models AntiSamy with Liferay's policy.
func antisamy(source string) string {
	return rules{
		whole: []string{"script", "iframe", "frame", "frameset"},
		tag: func(p piece) bool {
			return antisamyTags[p.name] || strings.Contains(p.name, "-") && !antisamyNot[p.name]
		},
		keep: func(tag string, a attribute) bool {
			value := html.UnescapeString(a.value)
			if !antisamyAll[a.name] && !antisamyOf[tag][a.name] {
				return false
			}
			switch a.name {
			case "alt":
				return antisamyAlt.MatchString(value)
			case "title":
				return antisamyTitle.MatchString(value)
			case "href", "src":
				return antisamyAddress.MatchString(value) || !strings.Contains(value, ":")
			case "rel":
				return antisamyRel.MatchString(value)
			}
			return true
		},
		finish: func(p *piece) {
			if p.name != "a" {
				return
			}
			rel := map[string]bool{"noopener": true, "noreferrer": true}
			var rest []attribute
			for _, a := range p.attributes {
				if a.name == "rel" {
					rel["nofollow"] = strings.Contains(a.value, "nofollow")
					continue
				}
				rest = append(rest, a)
			}
			value := "noopener noreferrer"
			if rel["nofollow"] {
				value = "nofollow " + value
			}
			p.attributes = append(rest, attribute{name: "rel", value: value, quote: '"'})
		},
	}.apply(source)
}

// dnn models the HTML module: scripts go, and the editor drops data-* when the
// text is edited again.
func dnn(source string) string {
	return rules{
		whole: []string{"script"},
		keep:  func(_ string, a attribute) bool { return !isEvent(a.name) && !isData(a.name) && !scripted(a.value) },
	}.apply(source)
}
