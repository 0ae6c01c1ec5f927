package referral

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

var pageHosts = []string{"so.angiang.gov.vn", "khcn.angiang.gov.vn"}

func TestParsePage(t *testing.T) {
	for text, want := range map[string]Page{
		"/lien-ket":                      {"so.angiang.gov.vn", "/lien-ket"},
		"/a?b=1&c=2":                     {"so.angiang.gov.vn", "/a?b=1&c=2"},
		"/?page=2":                       {"so.angiang.gov.vn", "/?page=2"},
		"/liên-kết":                      {"so.angiang.gov.vn", "/li%C3%AAn-k%E1%BA%BFt"},
		"https://khcn.angiang.gov.vn/x/": {"khcn.angiang.gov.vn", "/x/"},
		"http://WWW.So.Angiang.gov.vn/web?id=%20": {"www.so.angiang.gov.vn", "/web?id=%20"},
	} {
		if got, err := ParsePage(text, pageHosts); got != want || err != nil {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for text, key := range map[string]string{
		"": "error.page", "lien-ket": "error.page", "//khcn.angiang.gov.vn/x": "error.page", "/a b": "error.page", "/a#b": "error.page", "/\\evil": "error.page", "/a\x00": "error.page", "/%zz": "error.page",
		"ftp://so.angiang.gov.vn/x": "error.page", "javascript:alert(1)": "error.page", "https:/x": "error.page", "https://so.angiang.gov.vn:8443/x": "error.page", "https://a@so.angiang.gov.vn/x": "error.page",
		"/" + strings.Repeat("x", maxPageLength): "error.page",
		"https://evil.example/x":                 "error.page_foreign", "https://so.angiang.gov.vn.evil.example/x": "error.page_foreign",
		"/": "error.page_home", "https://so.angiang.gov.vn": "error.page_home", "https://www.so.angiang.gov.vn/": "error.page_home",
	} {
		var told *Error
		if got, err := ParsePage(text, pageHosts); !errors.As(err, &told) || told.Key != key || got != (Page{}) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	var told *Error
	if _, err := ParsePage("/x", nil); !errors.As(err, &told) || told.Key != "error.page_hostless" {
		t.Error(err)
	}
}

func TestPortal_pages(t *testing.T) {
	p := Portal{ID: "so", Name: "Sở", Hosts: pageHosts, Pages: []string{"/a", "/b", "/c", "/d", "https://khcn.angiang.gov.vn/e"}}
	if err := p.Validate(); err != nil {
		t.Error(err)
	}
	p.Pages = append(p.Pages, "x", "/", "https://evil.example/")
	var told *Error
	if !errors.As(p.Validate(), &told) {
		t.Fatal("valid")
	}
	var got []string
	for _, f := range told.Fields {
		got = append(got, f.Field+" "+f.Key)
	}
	if want := "/pages error.too_many"; strings.Join(got, ", ") != want {
		t.Errorf("%s, want %s", strings.Join(got, ", "), want)
	}
	p.Pages, p.Hosts = []string{"/a", "x", "https://khcn.angiang.gov.vn/e"}, pageHosts[:1]
	errors.As(p.Validate(), &told)
	if len(told.Fields) != 2 || told.Fields[0].Field != "/pages/1" || told.Fields[1].Key != "error.page_foreign" {
		t.Errorf("%+v", told.Fields)
	}
}

// Whatever is typed, what is read stands on one of the portal's hosts.
func FuzzParsePage(f *testing.F) {
	for _, s := range []string{"/x", "https://khcn.angiang.gov.vn/x?y#z", "https://khcn.angiang.gov.vn@evil.example/", "//evil.example", "/\t/evil", "http:\\\\evil", "https://[::1]/x", "/..//x", "*", "HTTPS://KHCN.angiang.gov.vn/x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePage(text, pageHosts)
		if err != nil {
			return
		}
		u, err := url.Parse("https://" + p.Host + p.Path)
		if err != nil || !OwnsHost(pageHosts, u.Hostname()) || u.Host != p.Host || u.Path == "" || u.Fragment != "" || u.User != nil || p.Path == "/" {
			t.Errorf("%q became %+v: %v", text, p, err)
		}
	})
}
