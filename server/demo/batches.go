package demo

import (
	"context"
	"fmt"

	"lensan/server/referral"
	"lensan/server/registry"
)

// spread is how many provinces apart those with a print batch stand.
const spread = 5

var places = [][]string{
	{"label", "commune", "address", "copies"},
	{"Nhà văn hoá thôn Đông", "Xã Tân Phú", "Thôn Đông", "3"},
	{"Trụ sở UBND xã", "Xã Tân Phú", "Đường Trung tâm", "5"},
	{"Chợ phiên", "Xã Hoà Bình", "Khu chợ", "4"},
	{"Hợp tác xã nông nghiệp", "Xã Hoà Bình", "Ấp 3", "2"},
	{"Cửa hàng vật tư nông nghiệp", "Xã Bình Minh", "Quốc lộ", "2"},
	{"Bưu điện văn hoá xã", "Xã Bình Minh", "Thôn Trung", "1"},
}

// makeBatches takes print batches through their life: the last stays a draft,
// the one before is printed and not hung, all others hang.
func (m *maker) makeBatches(ctx context.Context, provinces []referral.Province) error {
	var at []*referral.Province
	for i := 0; i < len(provinces); i += spread {
		if !isQuiet(provinces[i].Code) {
			at = append(at, &provinces[i])
		}
	}
	for i, p := range at {
		day := m.begin + (m.today-m.begin)*referral.Day(i)/referral.Day(len(at))
		if err := m.makeBatch(ctx, p, i, day, len(at)-i); err != nil {
			return fmt.Errorf("print batch in %s: %w", p.NameEn, err)
		}
	}
	return nil
}

func (m *maker) makeBatch(ctx context.Context, p *referral.Province, i int, day referral.Day, left int) error {
	r := m.Registry
	m.Clock.at(day, m.Now)
	id, destination := "ap-phich-"+p.Slug, []string{referral.HubID, "guide"}[i%2]
	_, err := r.CreateBatch(ctx, clerk, registry.BatchInput{ID: &id, Name: ptr("Áp phích " + p.NameVi), Portal: ptr(portalID(offices[0], p)),
		Destination: &destination, Paper: ptr(string([]referral.Paper{referral.PaperA3, referral.PaperA4}[i%2]))})
	if err != nil {
		return err
	}
	made, err := r.ImportPlaces(ctx, clerk, id, table(places), false)
	if err != nil || left == 1 {
		return err
	}
	if _, err := r.ApproveBatch(ctx, chief, id); err != nil {
		return err
	}
	m.Clock.at(min(day+3, m.today), m.Now)
	if _, err := r.PrintBatch(ctx, clerk, id, registry.PrintInput{Printer: ptr("Xưởng in mẫu")}); err != nil || left == 2 {
		return err
	}
	m.Clock.at(min(day+hangAfter, m.today), m.Now)
	m.posters = append(m.posters, made[0].Code)
	_, err = r.PlaceBatch(ctx, clerk, id, nil)
	return err
}

// reportPosters has one poster reported long ago, which was dealt with, and one
// lately, which was not.
func (m *maker) reportPosters(ctx context.Context) error {
	m.Clock.at(max(m.begin, m.today-30), m.Now)
	old, err := m.Registry.ReportCode(ctx, referral.CodeReport{Code: m.posters[0], Where: "Nhà văn hoá thôn Đông", Note: "Mã bị dán đè bằng mã khác."})
	if err != nil {
		return err
	}
	m.Clock.at(max(m.begin, m.today-28), m.Now)
	if _, err := m.Registry.CloseCodeReport(ctx, clerk, old.Num, "Đã gỡ mã lạ và dán lại áp phích."); err != nil {
		return err
	}
	m.Clock.at(max(m.begin, m.today-2), m.Now)
	_, err = m.Registry.ReportCode(ctx, referral.CodeReport{Code: m.posters[1], Where: "Cổng nhà văn hoá", Note: "Quét ra trang hỏi mật khẩu."})
	return err
}

// hangAfter is how many days after its draft a batch hangs.
const hangAfter = 7
