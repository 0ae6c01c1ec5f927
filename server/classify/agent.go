package classify

import (
	"regexp"
	"strings"

	"github.com/ua-parser/uap-go/uaparser"
)

// Agent is what a User-Agent says. Each text is an id of the closed set below,
// so that it can be counted; assets/text names them ("agent.os.android").
type Agent struct {
	Device, OS, Browser, App string
	Bot, Preview             bool
}

// Other is the id of what is not known, in each of the sets but Apps.
const Other = "other"

// The ids, each set in the order in which it is shown.
var (
	Devices  = []string{"phone", "tablet", "desktop", Other}
	Systems  = []string{"android", "ios", "windows", "macos", "linux", "chromeos", "harmonyos", "kaios", Other}
	Browsers = []string{"chrome", "safari", "coccoc", "samsung", "edge", "firefox", "opera", "uc", "miui", "oppo", "vivo", "huawei", "webview", Other}
	Apps     = []string{"browser", "zalo", "messenger", "facebook", "tiktok", "instagram", "viber", "line", "telegram", "google"}
)

type finding = Agent

// detector finds an Agent in a User-Agent. It keeps nothing.
type detector struct {
	robots *robots
	uap    *uaparser.Parser // without its device patterns, but for the spiders'
	device *uaparser.Parser // with all device patterns
}

func newDetector() (*detector, error) {
	robots, err := readRobots(robotsText)
	if err != nil {
		return nil, err
	}
	all, err := uaparser.New(uaparser.WithCacheSize(1))
	if err != nil {
		return nil, err
	}
	// The first device pattern that fits decides, and the spiders' stand among
	// 800 of phones. To try the spiders' alone rules nearly everybody out in a
	// tenth of the time; only who is left is tried against all.
	spiders := uaparser.RegexDefinitions{UA: all.UA, OS: all.OS}
	for _, d := range all.Device {
		if d.DeviceReplacement == "Spider" {
			spiders.Device = append(spiders.Device, d)
		}
	}
	uap, err := uaparser.New(uaparser.WithCacheSize(1), uaparser.WithRegexDefinitions(spiders))
	if err != nil {
		return nil, err
	}
	return &detector{robots, uap, all}, nil
}

func (d *detector) find(ua string) *finding {
	lower := strings.ToLower(ua)
	a := &finding{}
	a.Preview, a.Bot = d.robots.match(lower)
	if !a.Preview && !a.Bot {
		a.Bot = d.spider(ua)
	}
	a.App = appOf(ua, lower)
	a.OS = d.systemOf(ua, lower)
	a.Browser = d.browserOf(ua, lower)
	a.Device = deviceOf(lower, a.OS)
	return a
}

func (d *detector) spider(ua string) bool {
	return d.uap.ParseDevice(ua).Family == "Spider" && d.device.ParseDevice(ua).Family == "Spider"
}

var zalo = regexp.MustCompile(`(?i)\bZalo(?:PC)?[ /-]`)

// token is a piece of a lower-cased User-Agent that gives an id away.
type token struct{ text, id string }

// Messenger and Instagram before Facebook, whose marks they carry as well.
var appTokens = []token{
	{"fb_iab/orca", "messenger"}, {"fb_iab/messenger", "messenger"}, {"fban/messenger", "messenger"}, {"fban/orca", "messenger"},
	{"instagram ", "instagram"},
	{"fban/", "facebook"}, {"fbav/", "facebook"}, {"fb_iab/", "facebook"}, {"fbios", "facebook"}, {"fb4a", "facebook"},
	{"musical_ly", "tiktok"}, {"trill_", "tiktok"}, {"tiktok", "tiktok"}, {"bytedancewebview", "tiktok"}, {"ultralite", "tiktok"},
	{"viber/", "viber"}, {" viber", "viber"},
	{" line/", "line"},
	{"telegram-android/", "telegram"}, {"telegram/", "telegram"}, {" telegram", "telegram"},
	{" gsa/", "google"},
}

func appOf(ua, lower string) string {
	if zalo.MatchString(ua) {
		return "zalo"
	}
	if id := firstOf(appTokens, lower); id != "" {
		return id
	}
	return "browser"
}

func firstOf(tokens []token, lower string) string {
	for _, t := range tokens {
		if strings.Contains(lower, t.text) {
			return t.id
		}
	}
	return ""
}
