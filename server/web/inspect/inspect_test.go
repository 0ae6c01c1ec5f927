package inspect

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lensan/server/referral"
)

const base = "https://len.example.vn"

var code, other = codes()

func codes() (a, b referral.Code) {
	find := func(payload string) referral.Code {
		for i := range referral.Alphabet {
			if c, err := referral.ParseCode(payload + referral.Alphabet[i:i+1]); err == nil {
				return c
			}
		}
		panic(payload)
	}
	return find("K7Q2P"), find("HXB23")
}

const badge = `<a href="https://len.example.vn/go/CODE" target="_blank" rel="noopener"><img src="https://len.example.vn/b/CODE.svg" width="240" height="72" loading="lazy" alt="Hỗ trợ"></a>`
const script1 = `<script async src="https://len.example.vn/w/v1.js"></script>`
const frame = `<iframe src="https://len.example.vn/f/CODE" width="240" height="72" title="Hỗ trợ" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`

func TestPage(t *testing.T) {
	for _, row := range []struct {
		name, source string
		policies     []string
		tiers        Tiers
		keys         string
	}{
		{"nothing", `<p>Chào</p>`, nil, Tiers{}, "bad nothing"},
		{"empty", ``, nil, Tiers{}, "bad nothing"},
		{"badge", badge, nil, Tiers{Badge: true}, "good badge"},
		{"capitals and slash", `<A HREF='https://LEN.example.vn/go/code/' TARGET=_blank REL=noopener><IMG SRC=https://len.example.vn/b/code.svg?style=button WIDTH=1 HEIGHT=1 ALT=x></A>`, nil, Tiers{Badge: true}, "good badge"},
		{"text", `<a href="https://len.example.vn/go/CODE" target="_blank" rel="noopener">Hỗ trợ</a>`, nil, Tiers{Text: true}, "good text"},
		{"target and rel lost", `<a href="https://len.example.vn/go/CODE">Hỗ trợ</a>`, nil, Tiers{Text: true}, "good text, note target_lost"},
		{"rel lost", `<a href="https://len.example.vn/go/CODE" target="_blank">Hỗ trợ</a>`, nil, Tiers{Text: true}, "good text, note rel_lost"},
		{"noreferrer", `<a href="https://len.example.vn/go/CODE" target="_blank" rel="noopener noreferrer">Hỗ trợ</a>`, nil, Tiers{Text: true}, "good text, note noreferrer"},
		{"image removed", `<a href="https://len.example.vn/go/CODE" target="_blank" rel="noopener"></a>`, nil, Tiers{}, "bad empty"},
		{"image late", `<a href="https://len.example.vn/go/CODE" target="_blank" rel="noopener"><img src="data:," data-src="https://len.example.vn/b/CODE.svg" width="1" height="1" alt="x"></a>`, nil, Tiers{Badge: true}, "note moved"},
		{"image late with noscript", `<a href="https://len.example.vn/go/CODE" target="_blank" rel="noopener"><img data-src="https://len.example.vn/b/CODE.svg" width="1" height="1" alt="x"><noscript><img src="https://len.example.vn/b/CODE.svg"></noscript></a>`, nil, Tiers{Badge: true}, "note moved"},
		{"image replaced", `<a href="https://len.example.vn/go/CODE" target="_blank" rel="noopener"><img src="/core/icons/error.png" alt="Image removed."></a>`, nil, Tiers{}, "bad picture_changed"},
		{"image by a proxy", `<a href="https://len.example.vn/go/CODE" target="_blank" rel="noopener"><img src="https://i0.wp.com/len.example.vn/b/CODE.svg" width="1" height="1" alt="x"></a>`, nil, Tiers{}, "bad picture_changed"},
		{"srcset", `<a href="https://len.example.vn/go/CODE" target="_blank" rel="noopener"><img src="https://len.example.vn/b/CODE.png" srcset="https://x/2.png 2x" width="1" height="1" alt="x"></a>`, nil, Tiers{Badge: true}, "good badge, note srcset"},
		{"size and alt lost", `<a href="https://len.example.vn/go/CODE" target="_blank" rel="noopener"><img src="https://len.example.vn/b/CODE.svg"></a>`, nil, Tiers{Badge: true}, "bad alt_lost, good badge, note size_lost"},
		{"picture of another", `<a href="https://len.example.vn/go/CODE" target="_blank" rel="noopener"><img src="https://len.example.vn/b/OTHER.svg" width="1" height="1" alt="x"></a>`, nil, Tiers{Badge: true}, "bad picture_of_other"},
		{"link removed", `<p><img src="https://len.example.vn/b/CODE.svg" width="240" height="72" alt="x"></p>`, nil, Tiers{}, "bad link_lost"},
		{"wrong host", strings.ReplaceAll(badge, "len.example.vn", "old.example.vn"), nil, Tiers{}, "bad wrong_host"},
		{"plain HTTP", `<a href="http://len.example.vn/go/CODE" target="_blank" rel="noopener">x</a>`, nil, Tiers{Text: true}, "good text, note scheme"},
		{"only another code", strings.ReplaceAll(badge, "CODE", "OTHER"), nil, Tiers{}, "bad nothing, note other_code"},
		{"both codes", badge + strings.ReplaceAll(badge, "CODE", "OTHER"), nil, Tiers{Badge: true}, "good badge, note other_code"},
		{"shown as text", `<p>&lt;a href="https://len.example.vn/go/CODE"&gt;</p>`, nil, Tiers{}, "bad escaped"},
		{"in a textarea", `<textarea>` + badge + `</textarea>`, nil, Tiers{}, "bad nothing"},
		{"in a comment", `<!-- ` + badge + ` -->`, nil, Tiers{}, "bad nothing"},
		{"enhanced", badge + script1, nil, Tiers{Badge: true, Script: true}, "good badge, good script"},
		{"pinned", badge + `<script async src="https://len.example.vn/w/v1.0123456789.js" integrity="sha384-x" crossorigin="anonymous"></script>`, nil, Tiers{Badge: true, Script: true}, "good badge, good script_pinned"},
		{"pinned without crossorigin", badge + `<script async src="https://len.example.vn/w/v1.0123456789.js" integrity="sha384-x"></script>`, nil, Tiers{Badge: true}, "bad script_cors, good badge"},
		{"evergreen with integrity", badge + `<script async src="https://len.example.vn/w/v1.js" integrity="sha384-x" crossorigin></script>`, nil, Tiers{Badge: true}, "bad script_evergreen_integrity, good badge"},
		{"twice", badge + script1 + script1, nil, Tiers{Badge: true, Script: true}, "good badge, good script, note script_twice"},
		{"held back", badge + `<script type="text/plain" async src="https://len.example.vn/w/v1.js"></script>`, nil, Tiers{Badge: true}, "bad script_inert, good badge"},
		{"script alone, not async", `<script src="https://len.example.vn/w/v1.js"></script>`, nil, Tiers{Script: true}, "good script, note script_sync, note script_alone"},
		{"frame", frame, nil, Tiers{Iframe: true}, "good iframe"},
		{"frame without address", `<iframe width="240" height="72" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`, nil, Tiers{}, "bad iframe_src_lost"},
		{"policy that allows", badge + script1, []string{"default-src 'none'; img-src https://len.example.vn; script-src https://len.example.vn; connect-src https://len.example.vn"}, Tiers{Badge: true, Script: true}, "good badge, good script"},
		{"policy that blocks all", badge + script1 + frame, []string{"default-src 'self'"}, Tiers{Badge: true, Script: true, Iframe: true}, "bad csp_img, bad csp_frame, bad csp_script, good badge, good iframe, good script, note csp_connect"},
		{"meta policy", `<meta http-equiv="Content-Security-Policy" content="img-src 'self' data:">` + badge, nil, Tiers{Badge: true}, "bad csp_img, good badge"},
		{"two policies", badge, []string{"img-src *, img-src 'self'"}, Tiers{Badge: true}, "bad csp_img, good badge"},
		{"strict-dynamic", badge + script1, []string{"script-src 'strict-dynamic' https: 'nonce-a'"}, Tiers{Badge: true, Script: true}, "bad csp_script, good badge, good script"},
	} {
		t.Run(row.name, func(t *testing.T) {
			fill := strings.NewReplacer("CODE", string(code), "/code", "/"+strings.ToLower(string(code)), "OTHER", string(other))
			got := Page(fill.Replace(row.source), base, code, row.policies)
			if got.Tiers != row.tiers {
				t.Errorf("tiers %+v, want %+v", got.Tiers, row.tiers)
			}
			var keys []string
			for _, f := range got.Findings {
				keys = append(keys, string(f.Level)+" "+strings.TrimPrefix(f.Key, "public.check."))
			}
			if diff := cmp.Diff(row.keys, strings.Join(keys, ", ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMatches(t *testing.T) {
	for source, want := range map[string]bool{
		"*": true, "https:": true, "http:": true, "data:": false, "'self'": false, "'none'": false, "len.example.vn": true, "https://len.example.vn": true,
		"http://len.example.vn": true, "https://len.example.vn/": true, "https://len.example.vn/b/x.svg": false, "*.example.vn": true, "*.len.example.vn": false,
		"https://*.vn": true, "len.example.vn:443": true, "len.example.vn:*": true, "len.example.vn:8443": false, "evil-len.example.vn": false, "HTTPS://LEN.EXAMPLE.VN": true,
	} {
		p := parsePolicy("img-src " + source)
		r := Page(strings.ReplaceAll(badge, "CODE", string(code)), base, code, []string{"img-src " + source})
		blocked := slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Key == "public.check.csp_img" })
		if blocked == want {
			t.Errorf("%s: blocked %v (%v)", source, blocked, p)
		}
	}
}

// Whatever a page holds, the report has findings that say something, and
// nothing that the page says gets into them but codes and file names of ours.
func FuzzPage(f *testing.F) {
	fill := strings.NewReplacer("CODE", string(code))
	for _, s := range []string{"", badge, badge + script1, frame, "<a", "<a href='https://len.example.vn/go/", `<iframe src=`, `<meta http-equiv=content-security-policy content=";;,">`, "<a href=//len.example.vn/go/CODE>" + strings.Repeat("<a>", 100), "<textarea>", "\x00<scr\x00ipt"} {
		f.Add(fill.Replace(s), "default-src 'self'; img-src")
	}
	f.Fuzz(func(t *testing.T, source, policy string) {
		r := Page(source, base, code, []string{policy})
		if len(r.Findings) == 0 {
			t.Error("nothing is said")
		}
		if r.Worst() == Good && !r.Works() && !r.Tiers.Script {
			t.Errorf("all is well and nothing works: %+v", r)
		}
	})
}
