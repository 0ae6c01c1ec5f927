package referral

// Channel says how a click came. The numbers are stored; do not renumber.
type Channel uint8

// The channels.
const (
	ChannelWidget Channel = 1
	ChannelQR     Channel = 2
	ChannelLink   Channel = 3
	ChannelHub    Channel = 4
)

// Channels lists all channels in the order in which they are shown.
var Channels = []Channel{ChannelWidget, ChannelQR, ChannelLink, ChannelHub}

var channelNames = [...]string{ChannelWidget: "widget", ChannelQR: "qr", ChannelLink: "link", ChannelHub: "hub"}

// String returns the public name: widget, qr, link or hub; "" for another number.
func (c Channel) String() string { return nameOf(channelNames[:], uint8(c)) }

// ParseChannel reads what String writes; ok is false for anything else.
func ParseChannel(s string) (c Channel, ok bool) {
	n, ok := numberOf(channelNames[:], s)
	return Channel(n), ok
}

// Class is the one of four into which each click falls. The numbers are stored.
type Class uint8

// The classes; the rule of each is in the classify package.
const (
	ClassPeople  Class = 1
	ClassRepeat  Class = 2
	ClassBot     Class = 3
	ClassPreview Class = 4
)

var classNames = [...]string{ClassPeople: "people", ClassRepeat: "repeat", ClassBot: "bot", ClassPreview: "preview"}

// String returns the public name: people, repeat, bot or preview.
func (c Class) String() string { return nameOf(classNames[:], uint8(c)) }

func nameOf(names []string, n uint8) string {
	if int(n) >= len(names) {
		return ""
	}
	return names[n]
}

func numberOf(names []string, s string) (uint8, bool) {
	for i, name := range names {
		if name != "" && name == s {
			return uint8(i), true
		}
	}
	return 0, false
}
