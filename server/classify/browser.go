package classify

import "strings"

// browserTokens are the marks of browsers. The order matters: most carry
// Chrome's and Safari's as well.
var browserTokens = []token{
	{"coc_coc_browser", "coccoc"}, {"coccocbrowser", "coccoc"}, {"coc_coc", "coccoc"},
	{"edg/", "edge"}, {"edga/", "edge"}, {"edgios/", "edge"}, {"edge/", "edge"},
	{"opr/", "opera"}, {"opt/", "opera"}, {"opios/", "opera"}, {"opx/", "opera"}, {"opera", "opera"},
	{"samsungbrowser/", "samsung"},
	{"ucbrowser", "uc"}, {"ucweb", "uc"}, {"ubrowser", "uc"},
	{"miuibrowser", "miui"},
	{"heytapbrowser", "oppo"}, {"oppobrowser", "oppo"}, {"realmebrowser", "oppo"},
	{"vivobrowser", "vivo"},
	{"huaweibrowser", "huawei"},
	{"fxios/", "firefox"}, {"focus/", "firefox"}, {"klar/", "firefox"}, {"seamonkey", Other}, {"palemoon", Other}, {"firefox/", "firefox"},
	{"crios/", "chrome"},
}

// otherBrowsers carry Chrome's or Safari's marks and have no id of their own.
var otherBrowsers = []string{"yabrowser", "vivaldi", "brave", "duckduckgo", "ddg/", "puffin", "maxthon", "silk/", "whale/",
	"qqbrowser", "baidu", "quark", "sogou", "electron", "sleipnir", "qupzilla", "falkon", "epiphany", "playstation", "phoenix/", "avast", "avg/", "iron/", "konqueror", "naver", "kakaotalk", "micromessenger"}

func browserOf(lower string) string {
	if id := firstOf(browserTokens, lower); id != "" {
		return id
	}
	for _, name := range otherBrowsers {
		if strings.Contains(lower, name) {
			return Other
		}
	}
	chrome := strings.Contains(lower, "chrome/") || strings.Contains(lower, "chromium/")
	switch {
	case strings.Contains(lower, "; wv)") || strings.Contains(lower, " version/4.0 chrome/"): // Android's, whether or not the app kept its mark
		return "webview"
	case chrome:
		return "chrome"
	case !strings.Contains(lower, "applewebkit/") || strings.Contains(lower, "android"): // Android's own browser, before Chrome
		return Other
	case strings.Contains(lower, "safari/"):
		return "safari"
	}
	return "webview" // Apple's without Safari's mark
}
