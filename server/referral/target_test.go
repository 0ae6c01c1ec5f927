package referral

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var values = TargetValues{Code: "K7Q2PX", Portal: "stttt-an-giang", Province: "89", Campaign: "tet-2026", Channel: ChannelQR}

func TestTarget(t *testing.T) {
	const utm = "utm_source=stttt-an-giang&utm_medium=qr&utm_campaign=tet-2026&utm_content=K7Q2PX"
	for _, c := range []struct{ name, template, extra, want string }{
		{"host alone", "https://tmdt.mic.gov.vn", "", "https://tmdt.mic.gov.vn/?" + utm},
		{"root", "https://tmdt.mic.gov.vn/", "", "https://tmdt.mic.gov.vn/?" + utm},
		{"path", "https://voso.vn/dang-ky", "", "https://voso.vn/dang-ky?" + utm},
		{"query", "https://voso.vn/?a=1", "", "https://voso.vn/?a=1&" + utm},
		{"query without a path", "https://voso.vn?a=1", "", "https://voso.vn?a=1&" + utm},
		{"fragment", "https://voso.vn/#top", "", "https://voso.vn/?" + utm + "#top"},
		{"query and fragment", "https://voso.vn/?a=1#top", "", "https://voso.vn/?a=1&" + utm + "#top"},
		{"question mark in the fragment", "https://voso.vn/#/dk?x=1", "", "https://voso.vn/?" + utm + "#/dk?x=1"},
		{"extra", "https://voso.vn/", "ref=abc", "https://voso.vn/?" + utm + "&ref=abc"},
		{"extra before the fragment", "https://voso.vn/#top", "ref=abc", "https://voso.vn/?" + utm + "&ref=abc#top"},
		{"port", "https://voso.vn:8443/", "", "https://voso.vn:8443/?" + utm},
		{"placeholders", "https://voso.vn/{province}/?r={portal}&c={code}", "", "https://voso.vn/89/?r=stttt-an-giang&c=K7Q2PX"},
		{"placeholder in the path, extra", "https://voso.vn/{channel}", "ref=1", "https://voso.vn/qr?ref=1"},
		{"placeholder in the query, extra", "https://voso.vn/?c={campaign}", "ref=1", "https://voso.vn/?c=tet-2026&ref=1"},
		{"placeholder first in the query", "https://voso.vn?{code}", "", "https://voso.vn?K7Q2PX"},
		{"capitals", "HTTPS://VOSO.VN/A", "", "HTTPS://VOSO.VN/A?" + utm},
		{"loopback", "http://localhost:8080/x", "", "http://localhost:8080/x?" + utm},
		{"loopback by number", "http://127.0.0.1/", "", "http://127.0.0.1/?" + utm},
		{"loopback of IPv6", "http://[::1]:9000/", "", "http://[::1]:9000/?" + utm},
		{"punycode", "https://xn--cng-4na.vn/", "", "https://xn--cng-4na.vn/?" + utm},
		{"escapes stay", "https://voso.vn/%C4%91%2F?q=%26", "", "https://voso.vn/%C4%91%2F?q=%26&" + utm},
		{"address as a value", "https://voso.vn/?next=https://a.vn/@b", "", "https://voso.vn/?next=https://a.vn/@b&" + utm},
	} {
		t.Run(c.name, func(t *testing.T) {
			target, err := ParseTarget(c.template)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(target.Append([]byte("Location: "), values, c.extra)); got != "Location: "+c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestTarget_emptyValuesAreLeftOut(t *testing.T) {
	target, err := ParseTarget("https://voso.vn/")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		values TargetValues
		extra  string
		want   string
	}{
		{TargetValues{Code: "K7Q2PX", Portal: "p", Channel: ChannelLink}, "", "https://voso.vn/?utm_source=p&utm_medium=link&utm_content=K7Q2PX"},
		{TargetValues{Code: "K7Q2PX"}, "", "https://voso.vn/?utm_content=K7Q2PX"},
		{TargetValues{Code: "K7Q2PX"}, "a=1", "https://voso.vn/?utm_content=K7Q2PX&a=1"},
		{TargetValues{}, "a=1", "https://voso.vn/?a=1"},
		{TargetValues{}, "", "https://voso.vn/"},
	} {
		if got := string(target.Append(nil, c.values, c.extra)); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
	named, err := ParseTarget("https://voso.vn/?c={campaign}")
	if err != nil {
		t.Fatal(err)
	}
	if got := string(named.Append(nil, TargetValues{}, "")); got != "https://voso.vn/?c=" {
		t.Errorf("a placeholder that the template names is left out: %s", got)
	}
}

func TestParseTarget_refuses(t *testing.T) {
	for _, c := range []struct{ template, key string }{
		{"", "error.url"},
		{"voso.vn", "error.url"},
		{"//voso.vn/", "error.url"},
		{"/x", "error.url"},
		{"http://voso.vn/", "error.url"},
		{"http://127.0.0.2/", "error.url"},
		{"http://localhost.evil.vn/", "error.url"},
		{"http://[::2]/", "error.url"},
		{"ftp://voso.vn/", "error.url"},
		{"javascript:alert(1)", "error.url"},
		{"data:text/html,x", "error.url"},
		{"https:voso.vn/", "error.url"},
		{"https:/voso.vn/", "error.url"},
		{"https:///voso.vn/", "error.url"},
		{"https://", "error.url"},
		{"https://:443/", "error.url"},
		{"https://voso.vn:/", "error.url"},
		{"https://voso.vn:0/", "error.url"},
		{"https://voso.vn:70000/", "error.url"},
		{"https://voso.vn:x/", "error.url"},
		{"https://user@voso.vn/", "error.url"},
		{"https://@voso.vn/", "error.url"},
		{"https://voso.vn:x@evil.vn/", "error.url"},
		{`https://voso.vn\@evil.vn/`, "error.url"},
		{`https:\\voso.vn/`, "error.url"},
		{"https://voso.vn/a b", "error.url"},
		{" https://voso.vn/", "error.url"},
		{"https://voso.vn/\r\nSet-Cookie: a=b", "error.url"},
		{"https://voso.vn/\t", "error.url"},
		{"https://voso.vn/\x00", "error.url"},
		{"https://voso.vn/\x7f", "error.url"},
		{"https://vỏsò.vn/", "error.url"},
		{"https://voso.vn/đăng-ký", "error.url"},
		{"https://voso。vn/", "error.url"},
		{"https://voso_.vn/", "error.url"},
		{"https://-voso.vn/", "error.url"},
		{"https://voso..vn/", "error.url"},
		{"https://voso.vn./", "error.url"},
		{"https://vo%73o.vn/", "error.url"},
		{"https://voso.vn/%zz", "error.url"},
		{"https://voso.vn/%2{code}", "error.url"},
		{"https://voso.vn/%{code}", "error.url"},
		{`https://voso.vn/"onload=`, "error.url"},
		{"https://voso.vn/<b>", "error.url"},
		{"https://[2001:db8::1]/", "error.url"},
		{"https://" + strings.Repeat("a", 64) + ".vn/", "error.url"},
		{"https://voso.vn/" + strings.Repeat("a", 2000), "error.url"},
		{"https://{portal}/", "error.url_host"},
		{"https://{portal}.evil.vn/", "error.url_host"},
		{"https://voso.vn{code}/", "error.url_host"},
		{"https://voso.vn{code}", "error.url_host"},
		{"https://voso.vn:{code}/", "error.url"},
		{"https://{code}@voso.vn/", "error.url"},
		{"{code}https://voso.vn/", "error.url"},
		{"https:/{code}/voso.vn/", "error.url"},
		{"https://voso.vn/{name}", "error.url_placeholder"},
		{"https://voso.vn/{}", "error.url_placeholder"},
		{"https://voso.vn/{code", "error.url_placeholder"},
		{"https://voso.vn/code}", "error.url_placeholder"},
		{"https://voso.vn/{{code}}", "error.url_placeholder"},
		{"https://voso.vn/{code}}", "error.url_placeholder"},
		{"https://voso.vn/{Code}", "error.url_placeholder"},
		{"https:/{}/voso.vn/", "error.url_placeholder"},
		{"https://voso.vn/#{code}", "error.url_placeholder"},
	} {
		target, err := ParseTarget(c.template)
		var named *Error
		if target != nil || !errors.As(err, &named) || named.Kind != ErrInvalid {
			t.Errorf("ParseTarget(%q) = %+v, %v", c.template, target, err)
		} else if named.Key != c.key {
			t.Errorf("ParseTarget(%q): %s, want %s", c.template, named.Key, c.key)
		}
	}
}

var evilValues = []string{"//evil.vn", "/../..//evil.vn", `\\evil.vn`, "%2f%2fevil.vn", "@evil.vn", ":x@evil.vn", "\r\nLocation: https://evil.vn", "\x00", "\t//evil.vn",
	"?a=b", "&utm_source=x", "#x", ".evil.vn", "Vỏ Sò", "／／evil.vn", "。evil.vn", "\u202e", "javascript:", "{code}", "", " "}

func TestTarget_valuesCannotSteer(t *testing.T) {
	templates := []string{"https://voso.vn", "https://voso.vn/", "https://voso.vn/{portal}", "https://voso.vn/{portal}{campaign}/x?y={province}#z",
		"https://voso.vn?{campaign}", "http://localhost:8080/{campaign}"}
	for _, template := range templates {
		target, err := ParseTarget(template)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := url.Parse(string(target.Append(nil, values, "")))
		if err != nil {
			t.Fatal(err)
		}
		for _, evil := range evilValues {
			checkSteering(t, target, TargetValues{Code: Code(evil), Portal: evil, Province: evil, Campaign: evil, Channel: ChannelHub}, plain.Host, plain.Fragment)
		}
	}
}

// checkSteering fails if the filled URL leads to another host than the
// template's, has another fragment, or could break out of a header line.
func checkSteering(t interface{ Fatalf(string, ...any) }, target *Target, v TargetValues, host, fragment string) {
	filled := string(target.Append(nil, v, ""))
	if strings.IndexFunc(filled, outsideURL) >= 0 {
		t.Fatalf("%q holds what no URL may", filled)
	}
	u, err := url.Parse(filled)
	if err != nil {
		t.Fatalf("%q: %v", filled, err)
	}
	if u.Host != host || u.Host != target.Host() || u.User != nil || u.Opaque != "" || u.Fragment != fragment {
		t.Fatalf("%q leads to %q with fragment %q, want %q and %q", filled, u.Host, u.Fragment, host, fragment)
	}
	if prefix := u.Scheme + "://" + u.Host; !strings.EqualFold(filled[:len(prefix)], prefix) || !strings.ContainsRune("/?", rune(filled[len(prefix)])) {
		t.Fatalf("%q: the host does not end where it should", filled)
	}
}

func TestTarget_valuesComeBackAsTheyWere(t *testing.T) {
	target, err := ParseTarget("https://voso.vn/?p={portal}&c={campaign}")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		portal, campaign := rapid.String().Draw(t, "portal"), rapid.String().Draw(t, "campaign")
		u, err := url.Parse(string(target.Append(nil, TargetValues{Portal: portal, Campaign: campaign}, "")))
		if err != nil {
			t.Fatal(err)
		}
		if q := u.Query(); q.Get("p") != portal || q.Get("c") != campaign || len(q) != 2 {
			t.Fatalf("%q and %q became %v", portal, campaign, q)
		}
	})
}

func FuzzParseTarget(f *testing.F) {
	for _, template := range []string{"https://voso.vn", "https://voso.vn/{portal}?a={code}#x", "http://localhost/", "https://a@b/", `https://a\b/`, "https://a/%2{code}", "https://[::1]/", "https://a?{code}", "HTTPS://A#"} {
		for _, evil := range []string{"//evil.vn", "@evil", "\r\nX: y", "%2f", "Vỏ Sò"} {
			f.Add(template, evil)
		}
	}
	f.Fuzz(func(t *testing.T, template, value string) {
		target, err := ParseTarget(template)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		plain, err := url.Parse(string(target.Append(nil, values, "")))
		if err != nil {
			t.Fatalf("%q: %v", template, err)
		}
		checkSteering(t, target, TargetValues{Code: Code(value), Portal: value, Province: value, Campaign: value, Channel: ChannelWidget}, plain.Host, plain.Fragment)
	})
}
