package referral

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// faultsOf returns "pointer key" for each field that an error names.
func faultsOf(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var named *Error
	if !errors.As(err, &named) || named.Kind != ErrInvalid || named.Key != "error.invalid" {
		t.Fatalf("got %v", err)
	}
	var out []string
	for _, f := range named.Fields {
		out = append(out, f.Field+" "+f.Key)
	}
	return out
}

func TestPortal_validate(t *testing.T) {
	good := Portal{ID: "stttt-an-giang", Name: "Sở TT&TT An Giang", Province: 890, Hosts: []string{"stttt.angiang.gov.vn"}, ContactEmail: "lan@angiang.gov.vn"}
	for _, c := range []struct {
		name   string
		change func(*Portal)
		want   []string
	}{
		{"good", func(p *Portal) {}, nil},
		{"no host, no address", func(p *Portal) { p.Hosts, p.ContactEmail = nil, "" }, nil},
		{"longest id", func(p *Portal) { p.ID = strings.Repeat("a", 64) }, nil},
		{"id too long", func(p *Portal) { p.ID = strings.Repeat("a", 65) }, []string{"/id error.id"}},
		{"id with a dash first", func(p *Portal) { p.ID = "-a" }, []string{"/id error.id"}},
		{"id in capitals", func(p *Portal) { p.ID = "STTTT" }, []string{"/id error.id"}},
		{"id with accents", func(p *Portal) { p.ID = "sở" }, []string{"/id error.id"}},
		{"id with a slash", func(p *Portal) { p.ID = "a/b" }, []string{"/id error.id"}},
		{"name of spaces", func(p *Portal) { p.Name = "  \u00a0" }, []string{"/name error.required"}},
		{"name too long", func(p *Portal) { p.Name = strings.Repeat("ở", 201) }, []string{"/name error.too_long"}},
		{"longest name", func(p *Portal) { p.Name = strings.Repeat("ở", 200) }, nil},
		{"name with a line end", func(p *Portal) { p.Name = "a\nb" }, []string{"/name error.text"}},
		{"name not in UTF-8", func(p *Portal) { p.Name = "a\xff" }, []string{"/name error.text"}},
		{"host with a scheme", func(p *Portal) { p.Hosts = []string{"a.vn", "https://b.vn"} }, []string{"/hosts/1 error.host"}},
		{"host with a port", func(p *Portal) { p.Hosts = []string{"a.vn:80"} }, []string{"/hosts/0 error.host"}},
		{"host in capitals", func(p *Portal) { p.Hosts = []string{"A.vn"} }, []string{"/hosts/0 error.host"}},
		{"host empty", func(p *Portal) { p.Hosts = []string{""} }, []string{"/hosts/0 error.host"}},
		{"host with accents", func(p *Portal) { p.Hosts = []string{"sở.vn"} }, []string{"/hosts/0 error.host"}},
		{"host too long", func(p *Portal) { p.Hosts = []string{strings.Repeat("a.", 127) + "vn"} }, []string{"/hosts/0 error.host"}},
		{"too many hosts", func(p *Portal) { p.Hosts = strings.Fields(strings.Repeat("a.vn ", 51)) }, []string{"/hosts error.too_many"}},
		{"address with a name", func(p *Portal) { p.ContactEmail = "Lan <lan@a.vn>" }, []string{"/contact_email error.email"}},
		{"address without a host", func(p *Portal) { p.ContactEmail = "lan" }, []string{"/contact_email error.email"}},
		{"all at once", func(p *Portal) { *p = Portal{Hosts: []string{"x y"}, ContactEmail: "@"} },
			[]string{"/id error.required", "/name error.required", "/hosts/0 error.host", "/contact_email error.email"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := good
			c.change(&p)
			if d := cmp.Diff(c.want, faultsOf(t, p.Validate())); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDestination_validate(t *testing.T) {
	good := Destination{ID: "voso", Kind: KindMarketplaceSignup, Name: Name{Vi: "Vỏ Sò", En: "Vo So"}, URL: "https://voso.vn/", PassParams: []string{"ref"}}
	for _, c := range []struct {
		name   string
		change func(*Destination)
		want   []string
	}{
		{"good", func(d *Destination) {}, nil},
		{"the hub's id", func(d *Destination) { d.ID = HubID }, []string{"/id error.reserved"}},
		{"unknown kind", func(d *Destination) { d.Kind = "shop" }, []string{"/kind error.kind"}},
		{"one language", func(d *Destination) { d.Name.En = "" }, []string{"/name/en error.required"}},
		{"plain http", func(d *Destination) { d.URL = "http://voso.vn/" }, []string{"/url error.url"}},
		{"placeholder in the host", func(d *Destination) { d.URL = "https://{portal}.vn/" }, []string{"/url error.url_host"}},
		{"unknown placeholder", func(d *Destination) { d.URL = "https://voso.vn/{x}" }, []string{"/url error.url_placeholder"}},
		{"parameter with a sign", func(d *Destination) { d.PassParams = []string{"ref", "a&b"} }, []string{"/pass_params/1 error.param"}},
		{"its own fallback", func(d *Destination) { d.FallbackID = d.ID }, []string{"/fallback_id error.fallback_self"}},
		{"all at once", func(d *Destination) { *d = Destination{} },
			[]string{"/id error.required", "/kind error.kind", "/name/vi error.required", "/name/en error.required", "/url error.url"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := good
			c.change(&d)
			if d := cmp.Diff(c.want, faultsOf(t, d.Validate())); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestPlacementAndCampaign_validate(t *testing.T) {
	good := Placement{Portal: "a", Kind: PlacementQR, Destination: HubID, State: PlacementOpen}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	bad := Placement{Label: strings.Repeat("a", 201)}
	if d := cmp.Diff([]string{"/portal error.required", "/kind error.placement_kind", "/destination error.required", "/state error.placement_state", "/label error.too_long"},
		faultsOf(t, bad.Validate())); d != "" {
		t.Error(d)
	}
	for _, c := range []struct {
		from, to Day
		want     []string
	}{{NoDay, NoDay, nil}, {5, NoDay, nil}, {NoDay, 5, nil}, {5, 5, nil}, {6, 5, []string{"/to error.before_from"}}} {
		campaign := Campaign{ID: "tet", Name: "Tết", From: c.from, To: c.to}
		if d := cmp.Diff(c.want, faultsOf(t, campaign.Validate())); d != "" {
			t.Errorf("%d to %d: %s", c.from, c.to, d)
		}
	}
}

func TestFaults(t *testing.T) {
	var f Faults
	if err := f.Err(); err != nil {
		t.Fatalf("no fault: %v", err)
	}
	var inner Faults
	inner.Add("/name", "error.required")
	if err := f.Include(fmt.Errorf("portal: %w", inner.Err())); err != nil {
		t.Fatal(err)
	}
	if err := f.AddError("/province", Errorf(ErrNotFound, "error.province_unknown", "code", "99")); err != nil {
		t.Fatal(err)
	}
	other := errors.New("disk")
	if f.Include(nil) != nil || f.AddError("/x", nil) != nil || f.Include(other) != other || f.AddError("/x", other) != other {
		t.Error("an error that is no *Error is swallowed")
	}
	if locked := Errorf(ErrUnavailable, "error.not_found"); f.Include(locked) != locked {
		t.Error("an *Error without fields is swallowed")
	}
	want := `error.invalid; /name: error.required; /province: error.province_unknown code="99"`
	if err := f.Err(); err == nil || err.Error() != want || !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

func TestNames_roundTrip(t *testing.T) {
	for _, c := range Channels {
		if got, ok := ParseChannel(c.String()); !ok || got != c {
			t.Errorf("channel %d is written %q", c, c)
		}
	}
	for _, s := range []string{"", "QR", "bot"} {
		if _, ok := ParseChannel(s); ok {
			t.Errorf("%q is a channel", s)
		}
	}
	if Channel(0).String() != "" || Channel(200).String() != "" || Class(0).String() != "" || ClassPreview.String() != "preview" {
		t.Error("names of numbers that stand for nothing")
	}
	if (Name{Vi: "Vỏ Sò"}).In("en") != "Vỏ Sò" || (Name{Vi: "a", En: "b"}).In("en") != "b" || (Name{Vi: "a", En: "b"}).In("fr") != "a" {
		t.Error("Name.In")
	}
}
