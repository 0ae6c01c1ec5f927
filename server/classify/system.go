package classify

import "strings"

// systemTokens come before uap-go, which has other names for these or none.
var systemTokens = []token{
	{"kaios", "kaios"},
	{"openharmony", "harmonyos"}, {"harmonyos", "harmonyos"},
	{"windows phone", Other}, {"xbox", Other}, {"tizen", Other}, {"web0s", Other}, {"webos", Other},
}

var systemFamilies = map[string]string{
	"Android": "android", "iOS": "ios", "Windows": "windows", "Mac OS X": "macos", "Mac OS": "macos",
	"Chrome OS": "chromeos", "KaiOS": "kaios",
	"Linux": "linux", "Ubuntu": "linux", "Debian": "linux", "Fedora": "linux", "Red Hat": "linux", "CentOS": "linux",
	"SUSE": "linux", "Gentoo": "linux", "Arch Linux": "linux", "Linux Mint": "linux", "Mageia": "linux", "Kubuntu": "linux", "Slackware": "linux",
}

// systemOf says which system a User-Agent names. An iPad that asks for desktop
// pages says "Macintosh" and cannot be told from a Mac.
func (d *detector) systemOf(ua, lower string) string {
	if id := firstOf(systemTokens, lower); id != "" {
		return id
	}
	if id := systemFamilies[d.systems.ParseOs(ua).Family]; id != "" {
		return id
	}
	switch {
	case strings.Contains(lower, "adr ") && strings.Contains(lower, "ucweb"): // UC Browser's way to say Android
		return "android"
	case strings.Contains(lower, "android"):
		return "android"
	}
	return Other
}

// deviceOf says what somebody holds. Android says "Mobile" on phones alone;
// some tablets say it as well and are known by their names.
func deviceOf(lower, system string) string {
	has := func(texts ...string) bool {
		for _, text := range texts {
			if strings.Contains(lower, text) {
				return true
			}
		}
		return false
	}
	switch {
	case has("smart-tv", "smarttv", "smart tv", "googletv", "android tv", "apple tv", "appletv", "bravia", "hbbtv", " aft", "web0s", "netcast", "playstation", "xbox", "nintendo", "roku", "crkey"):
		return "other"
	case has("ipad", "tablet", "sm-t", "sm-x", "sm-p", "gt-p", "kindle", "playbook", "mediapad", "matepad", "lenovo tb", " tab ", "xiaoxin pad", "redmi pad", "mi pad"):
		return "tablet"
	case has("iphone", "ipod", "windows phone", "iemobile", "midp", "blackberry", "bb10", "symbian", "nokia", "opera mini", "opera mobi"), system == "kaios":
		return "phone"
	case system == "android" || system == "harmonyos":
		if has("mobile", "ucweb") || !has("mozilla/") {
			return "phone"
		}
		return "tablet"
	case system == "ios":
		return "phone"
	case has("mobile"):
		return "phone"
	case system != Other, has("x11", "bsd", "sunos"):
		return "desktop"
	}
	return Other
}
