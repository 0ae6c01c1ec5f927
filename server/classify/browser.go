package classify

import "strings"

// browserTokens know nearly every browser in a microsecond; uap-go, which
// takes half a millisecond, is asked for the others. The order matters: most
// carry Chrome's and Safari's marks as well.
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

var browserFamilies = map[string]string{
	"Chrome": "chrome", "Chrome Mobile": "chrome", "Chrome Mobile iOS": "chrome", "Chromium": "chrome",
	"Safari": "safari", "Mobile Safari": "safari", "Mobile Safari UI/WKWebView": "webview",
	"Chrome Mobile WebView": "webview", "Facebook": "webview", "Instagram": "webview",
	"Edge": "edge", "Edge Mobile": "edge", "Firefox": "firefox", "Firefox Mobile": "firefox", "Firefox iOS": "firefox",
	"Opera": "opera", "Opera Mobile": "opera", "Opera Mini": "opera", "Opera Tablet": "opera",
	"Samsung Internet": "samsung", "UC Browser": "uc", "Coc Coc": "coccoc", "Coc_Coc_Browser": "coccoc", "MiuiBrowser": "miui",
}

// otherEngines are marks of browsers that also carry Chrome's or Safari's and
// are left to uap-go.
var otherEngines = []string{"yabrowser", "vivaldi", "brave", "duckduckgo", "ddg/", "puffin", "maxthon", "silk/", "whale/",
	"qqbrowser", "baidu", "quark", "sogou", "electron", "sleipnir", "qupzilla", "falkon", "epiphany", "playstation", "phoenix/", "avast", "avg/", "iron/", "konqueror", "naver", "kakaotalk", "micromessenger"}

func (d *detector) browserOf(ua, lower string) string {
	if id := firstOf(browserTokens, lower); id != "" {
		return id
	}
	chrome := strings.Contains(lower, "chrome/")
	known := chrome || strings.Contains(lower, "applewebkit/")
	for _, other := range otherEngines {
		known = known && !strings.Contains(lower, other)
	}
	switch {
	case !known:
		if id := browserFamilies[d.uap.ParseUserAgent(ua).Family]; id != "" {
			return id
		}
		return Other
	case strings.Contains(lower, "; wv)") || strings.Contains(lower, " version/4.0 chrome/"): // Android's, whether or not the app kept its mark
		return "webview"
	case chrome || strings.Contains(lower, "chromium/"):
		return "chrome"
	case strings.Contains(lower, "android"): // its own browser, before Chrome
		return Other
	case strings.Contains(lower, "safari/"):
		return "safari"
	}
	return "webview" // Apple's without Safari's mark
}
