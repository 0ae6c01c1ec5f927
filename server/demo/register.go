package demo

import (
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"lensan/server/referral"
	"lensan/server/registry"
)

// Two people, because a print batch is approved by a second one.
var (
	clerk = referral.Actor{Kind: "account", ID: "chuyen-vien-mau", Role: referral.RoleAdmin}
	chief = referral.Actor{Kind: "account", ID: "truong-phong-mau", Role: referral.RoleAdmin}
)

// quiet are the provinces (as of today, none of them merged) that have portals
// and no placement: staff must see that somebody has to call there.
var quiet = []string{"04", "11", "12"}

// office is one kind of portal that a province has.
type office struct{ id, name string }

var offices = []office{
	{"stttt", "Sở Thông tin và Truyền thông"},
	{"snn", "Sở Nông nghiệp và Phát triển nông thôn"},
	{"hnd", "Hội Nông dân"},
}

// register makes portals, campaigns, placements and print batches, each at its time.
func (m *maker) register(ctx context.Context) error {
	m.Clock.at(m.begin, m.Now)
	provinces := m.Registry.Provinces().At(m.begin)
	if err := m.importPortals(ctx, provinces); err != nil {
		return err
	}
	if err := m.makeCampaigns(ctx); err != nil {
		return err
	}
	if err := m.importPlacements(ctx, provinces); err != nil {
		return err
	}
	if err := m.makeBatches(ctx, provinces); err != nil {
		return err
	}
	if err := m.reportPosters(ctx); err != nil {
		return err
	}
	if err := m.mergePortals(ctx); err != nil {
		return err
	}
	if err := m.pauseVoso(ctx); err != nil {
		return err
	}
	m.Clock.now = m.Now
	return m.giveCharacters(ctx)
}

func portalID(o office, p *referral.Province) string { return o.id + "-" + p.Slug }

// extensionPage is where departments of agriculture show a second badge.
const extensionPage = "/khuyen-nong"

// officesOf leaves the farmers' union to every third province.
func officesOf(i int) []office { return offices[:2+min(1, i%3/2)] }

func (m *maker) importPortals(ctx context.Context, provinces []referral.Province) error {
	rows := [][]string{{"id", "name", "province", "province_on", "hosts", "pages", "contact_email"}}
	for i := range provinces {
		p := &provinces[i]
		for _, o := range officesOf(i) {
			host := o.id + "." + p.Slug + ".example"
			name, page := o.name+" "+p.NameVi, ""
			switch o.id {
			case "snn":
				page = extensionPage
			case "hnd":
				name = o.name + " " + lowerFirst(p.FullName())
			}
			rows = append(rows, []string{portalID(o, p), name, p.Code, m.begin.String(), host, page, "banbientap@" + host})
		}
	}
	list, err := m.Registry.ImportPortals(ctx, clerk, table(rows))
	m.portals = len(list)
	return err
}

// lowerFirst writes "Tỉnh An Giang" as it stands within a name.
func lowerFirst(s string) string {
	first, rest, _ := strings.Cut(s, " ")
	return strings.ToLower(first) + " " + rest
}

func isQuiet(code string) bool { return slices.Contains(quiet, code) }

func (m *maker) importPlacements(ctx context.Context, provinces []referral.Province) error {
	rows := [][]string{{"portal", "kind", "destination", "label", "campaign"}}
	for i := range provinces {
		p := &provinces[i]
		if isQuiet(p.Code) {
			continue
		}
		for n, o := range officesOf(i) {
			id := portalID(o, p)
			rows = append(rows, []string{id, "widget", "support_portal", "Chân trang", ""})
			switch n {
			case 0:
				rows = append(rows, []string{id, "widget", "hub", "Cột phải trang chủ", ""},
					[]string{id, "link", "guide", "Bản tin hằng tuần", ""},
					[]string{id, "qr", "hub", "Bộ phận một cửa", ""})
			case 1:
				rows = append(rows, []string{id, "widget", []string{"postmart", "voso"}[i%2], "Trang khuyến nông", ""},
					[]string{id, "qr", "guide", "Hội chợ nông sản", ""})
			default:
				rows = append(rows, []string{id, "link", "feedback", "Nhóm Zalo hội viên", ""})
			}
			for k, c := range m.campaigns() {
				if (i+n+k)%4 == 0 {
					rows = append(rows, []string{id, []string{"widget", "link"}[i%2], c.destination, c.label, c.id})
				}
			}
		}
	}
	_, err := m.Registry.ImportPlacements(ctx, clerk, table(rows))
	return err
}

// mergePortals merges the departments of one pair of provinces that became one,
// two weeks after they did.
func (m *maker) mergePortals(ctx context.Context) error {
	if day := merger + 14; m.begin < merger && day <= m.today {
		m.Clock.at(day, m.Now)
		_, err := m.Registry.MergePortal(ctx, clerk, "stttt-kien-giang", "stttt-an-giang", "Dữ liệu mẫu: hai sở hợp nhất theo tỉnh An Giang mới")
		return err
	}
	return nil
}

// pauseVoso pauses a destination three weeks ago: its codes lead to the hub.
func (m *maker) pauseVoso(ctx context.Context) error {
	m.pausedOn = max(m.begin, m.today-20)
	m.Clock.at(m.pausedOn, m.Now)
	paused := true
	d, err := m.Registry.UpdateDestination(ctx, clerk, "voso", registry.DestinationInput{Paused: &paused}, "Dữ liệu mẫu: sàn báo tạm ngừng nhận đăng ký")
	m.voso = d.Num
	return err
}

// table writes rows as CSV.
func table(rows [][]string) *strings.Reader {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.WriteAll(rows) // a strings.Builder never fails
	return strings.NewReader(b.String())
}

func ptr[T any](v T) *T { return &v }

// campaign is one that the samples take part in.
type campaign struct {
	id, name, label, destination string
	from, to                     referral.Day
}

// campaigns returns those of the years that the clicks cover: the September
// campaign, the market before Tết and the lychee season.
func (m *maker) campaigns() (list []campaign) {
	for y := m.begin.Start().Year(); y <= m.today.Start().Year(); y++ {
		for _, c := range []struct{ id, name, label, destination, from, to string }{
			{"cho-tet", "Chợ Tết trực tuyến", "Tin Chợ Tết", "postmart", "01-05", "02-10"},
			{"mua-vai", "Mùa vải thiều", "Tin mùa vải", "postmart", "05-20", "07-10"},
			{"thang-9", "Tháng 9 lên sàn", "Tin chiến dịch tháng 9", "support_portal", "09-01", "09-30"},
		} {
			from, to := referral.MustDay(fmt.Sprintf("%d-%s", y, c.from)), referral.MustDay(fmt.Sprintf("%d-%s", y, c.to))
			if from < m.begin || from > m.today {
				continue
			}
			list = append(list, campaign{fmt.Sprintf("%s-%d", c.id, y), fmt.Sprintf("%s %d", c.name, y), fmt.Sprintf("%s %d", c.label, y), c.destination, from, to})
		}
	}
	return list
}

func (m *maker) makeCampaigns(ctx context.Context) error {
	for _, c := range m.campaigns() {
		_, err := m.Registry.CreateCampaign(ctx, clerk, registry.CampaignInput{ID: &c.id, Name: &c.name, From: &c.from, To: &c.to})
		if err != nil {
			return err
		}
	}
	return nil
}
