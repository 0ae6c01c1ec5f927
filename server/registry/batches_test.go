package registry_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lensan/server/referral"
	"lensan/server/registry"
)

const threePlaces = "Nơi đặt;Xã/phường;Địa chỉ;Số bản\nUBND xã Vĩnh Hanh;Vĩnh Hanh;Ấp Vĩnh Hoà;3\nChợ Long Xuyên;Long Xuyên;Nguyễn Huệ;2\nHTX Mỹ Hoà;Mỹ Hoà Hưng;;\n"

func (w *world) draft(id string) referral.PrintBatch {
	w.t.Helper()
	b, err := w.CreateBatch(w.ctx, editor, registry.BatchInput{ID: &id, Name: ptr("Đợt " + id), Portal: ptr("a"), Destination: ptr("support_portal"), Paper: ptr("A4")})
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func (w *world) places(id, csv string) []referral.PrintPlace {
	w.t.Helper()
	made, err := w.ImportPlaces(w.ctx, editor, id, strings.NewReader(csv), false)
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestBatch_life(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	w.draft("x")
	made := w.places("x", threePlaces)
	code := made[0].Code
	if len(made) != 3 || made[0].Label != "UBND xã Vĩnh Hanh" || made[0].Copies != 3 || made[2].Copies != 1 || made[1].Position != 2 {
		t.Fatalf("%+v", made)
	}
	if got := w.leadsTo(code); got != "support_portal" {
		t.Errorf("a draft's code leads to %s", got)
	}
	batch := must[referral.PrintBatch](t)

	_, err := w.ApproveBatch(w.ctx, editor, "x")
	wantError(t, err, referral.ErrForbidden, "error.batch_second_person")
	_, err = w.PrintBatch(w.ctx, admin, "x", registry.PrintInput{Printer: ptr("Nhà in")})
	wantError(t, err, referral.ErrConflict, "error.batch_draft")
	b := batch(w.ApproveBatch(w.ctx, admin, "x"))
	if b.State != "approved" || b.Serials != (referral.SerialRange{From: 1, To: 6}) || b.ApprovedBy != "account:lan" {
		t.Errorf("%+v", b)
	}
	_, err = w.UpdateBatch(w.ctx, editor, "x", registry.BatchInput{Name: ptr("Khác")}, "")
	wantError(t, err, referral.ErrConflict, "error.batch_approved")
	_, err = w.ImportPlaces(w.ctx, editor, "x", strings.NewReader("label\nKhác\n"), false)
	wantError(t, err, referral.ErrConflict, "error.batch_approved")

	_, err = w.UpdatePlacement(w.ctx, editor, code, registry.PlacementInput{Label: ptr("Khác")}, "")
	wantFaults(t, err, "/label error.batch_approved")

	_, err = w.WithdrawBatch(w.ctx, editor, "x", "")
	wantFaults(t, err, "/reason error.reason_missing")
	batch(w.WithdrawBatch(w.ctx, editor, "x", "Sai số bản"))
	must[referral.PrintPlace](t)(w.UpdatePlace(w.ctx, editor, "x", made[2].Code, registry.PlaceInput{Copies: ptr(5)}))
	b = batch(w.ApproveBatch(w.ctx, admin, "x"))
	if b.Serials != (referral.SerialRange{From: 7, To: 16}) {
		t.Errorf("numbers that were given out once are given out again: %+v", b.Serials)
	}

	_, err = w.PrintBatch(w.ctx, editor, "x", registry.PrintInput{Quantity: ptr(11), PrintedOn: ptr(referral.DayOf(w.now) + 1)})
	wantFaults(t, err, "/quantity error.range", "/printer error.required", "/printed_on error.day_future")
	b = batch(w.PrintBatch(w.ctx, editor, "x", registry.PrintInput{Printer: ptr("Nhà in An Giang"), Quantity: ptr(10)}))
	if b.State != "printed" || b.PrintedOn != referral.DayOf(w.now) || b.Quantity != 10 {
		t.Errorf("%+v", b)
	}

	// From here on the codes are locked.
	_, err = w.UpdatePlacement(w.ctx, admin, code, registry.PlacementInput{Label: ptr("Khác")}, "")
	wantFaults(t, err, "/label error.batch_locked")
	_, err = w.UpdateBatch(w.ctx, admin, "x", registry.BatchInput{Destination: ptr("guide")}, "")
	wantFaults(t, err, "/reason error.reason_required")
	_, err = w.UpdateBatch(w.ctx, admin, "x", registry.BatchInput{Paper: ptr("A3"), Portal: ptr("b")}, "")
	wantFaults(t, err, "/portal error.fixed", "/paper error.fixed")
	batch(w.UpdateBatch(w.ctx, admin, "x", registry.BatchInput{Destination: ptr("guide")}, "Cổng hỗ trợ đổi tên"))
	if got := w.leadsTo(code); got != "guide" {
		t.Errorf("retargeted, the code leads to %s", got)
	}
	if list := w.changes("placement", string(code)); list[len(list)-1].Reason != "Cổng hỗ trợ đổi tên" {
		t.Errorf("%+v", list)
	}

	place := must[referral.PrintPlace](t)
	_, err = w.PlacePlace(w.ctx, editor, "x", code, registry.PlacedInput{On: ptr(referral.DayOf(w.now) + 1)})
	wantFaults(t, err, "/on error.day_future")
	if p := place(w.PlacePlace(w.ctx, editor, "x", code, registry.PlacedInput{Address: ptr("Cổng chợ")})); p.PlacedBy != "account:minh" || p.Address != "Cổng chợ" {
		t.Errorf("%+v", p)
	}
	if b := batch(w.Batch(w.ctx, admin, "x")); b.State != "printed" {
		t.Errorf("one of three places makes the batch %s", b.State)
	}
	if b := batch(w.PlaceBatch(w.ctx, editor, "x", nil)); b.State != "placed" {
		t.Errorf("%+v", b)
	}
	place(w.PlacePlace(w.ctx, editor, "x", code, registry.PlacedInput{On: ptr(referral.NoDay)}))
	if b := batch(w.Batch(w.ctx, admin, "x")); b.State != "printed" {
		t.Errorf("one place taken back leaves the batch %s", b.State)
	}
	if c := must[referral.BatchCounts](t)(w.BatchCounts(w.ctx, admin, "x")); c != (referral.BatchCounts{Places: 3, Copies: 10, Placed: 2}) {
		t.Errorf("%+v", c)
	}

	links := w.links.Load()
	if got, found := links.BySerial(7); !found || got != code || links.Print(code).Batch.State != "printed" {
		t.Errorf("number 7 is on %s", got)
	}
	if _, found := links.BySerial(3); found {
		t.Error("a withdrawn number is on a sheet")
	}

	batch(w.RetireBatch(w.ctx, admin, "x", "Hết đợt"))
	if got := w.leadsTo(code); got != "hub" {
		t.Errorf("retired, the code leads to %s", got)
	}
	_, err = w.RetireBatch(w.ctx, admin, "x", "Hết đợt")
	wantError(t, err, referral.ErrConflict, "error.batch_retired")
	var verbs []string
	for _, c := range w.changes("batch", "x") {
		verbs = append(verbs, c.Verb)
	}
	if got := fmt.Sprint(verbs); got != "[create places approve withdraw places approve print update place place place retire]" {
		t.Error(got)
	}
}

// Whoever renames a place of a draft has changed it, by whatever way.
func TestApproveBatch_secondPersonOfPlacements(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	w.draft("x")
	code := w.places("x", threePlaces)[0].Code
	must[referral.Placement](t)(w.UpdatePlacement(w.ctx, admin, code, registry.PlacementInput{Label: ptr("UBND xã Vĩnh Hanh ")}, ""))
	must[referral.Placement](t)(w.UpdatePlacement(w.ctx, admin, code, registry.PlacementInput{Label: ptr("Trụ sở")}, ""))
	_, err := w.ApproveBatch(w.ctx, admin, "x")
	wantError(t, err, referral.ErrForbidden, "error.batch_second_person")
}

func TestImportPlaces_faults(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	w.draft("x")
	before := w.version()
	_, err := w.ImportPlaces(w.ctx, editor, "x", strings.NewReader("label,copies\nChợ,0\n,2\nTrạm,ba\nchợ,1\nBến,1.0\nĐò,2.5\nCầu,1.2000\n"), false)
	var got []string
	for _, f := range err.(*referral.Error).Fields {
		got = append(got, fmt.Sprintf("%d:%d %s %s", f.Line, f.Column, f.Field, f.Key))
	}
	if s := strings.Join(got, "; "); s != "2:2 copies error.range; 3:1 label error.required; 4:2 copies error.whole_number; 5:1 label error.csv_duplicate; 6:2 copies error.whole_number; 7:2 copies error.whole_number; 8:2 copies error.whole_number" {
		t.Error(s)
	}
	if w.version() != before {
		t.Error("something was written")
	}
	w.places("x", threePlaces)
	_, err = w.ImportPlaces(w.ctx, editor, "x", strings.NewReader("label,commune,address\nHTX Mỹ Hoà,My Hoa Hung,\n"), false)
	if e := err.(*referral.Error); e.Fields[0].Key != "error.place_twice" {
		t.Error(err)
	}
	made, err := w.ImportPlaces(w.ctx, editor, "x", strings.NewReader("label\nHTX Mỹ Hoà\n"), true)
	if err != nil {
		t.Fatal(err)
	}
	if c := must[referral.BatchCounts](t)(w.BatchCounts(w.ctx, admin, "x")); c.Places != 1 || made[0].Position != 4 {
		t.Errorf("replaced: %+v, %+v", c, made)
	}
}

// Whatever list is imported, all of it becomes places or none, with every fault
// at its line and column.
func FuzzImportPlaces(f *testing.F) {
	for _, s := range []string{threePlaces, "\ufefflabel,commune,address,copies\r\nChợ,\"Xã\nA\",,1.200\r\n", "label,copies\nChợ,0\n,2\nTrạm,ba\nchợ,1\nBến,1.0\n", "Tên\n", "Nơi đặt;Nơi đặt\na;b\n",
		"label;copies\nA;-1\nB;99999999999999999999\nC;10000\n", "label\nA\u200b\nA\n", "label\n\x00\n", "\xff\xfe", "label,x\na,\"b", ";;;"} {
		f.Add(s, false)
		f.Add(s, true)
	}
	world := *newWorld(f)
	world.portal("a", "91")
	drafts := 0
	f.Fuzz(func(t *testing.T, csv string, replace bool) {
		w := world
		w.t = t
		drafts++
		id := fmt.Sprintf("x%d", drafts)
		w.draft(id)
		w.places(id, "label,copies\nChợ,3\nTrạm,2\n")
		before := w.version()
		made, err := w.ImportPlaces(w.ctx, editor, id, strings.NewReader(csv), replace)
		counts := must[referral.BatchCounts](t)(w.BatchCounts(w.ctx, admin, id))
		if err != nil {
			checkFaults(t, csv, err)
			if made != nil || w.version() != before || counts != (referral.BatchCounts{Places: 2, Copies: 5}) {
				t.Fatalf("%q was refused (%v), and yet there is %+v", csv, err, counts)
			}
			return
		}
		want := referral.BatchCounts{Places: 2, Copies: 5}
		if replace {
			want = referral.BatchCounts{}
		}
		for _, p := range made {
			if err := p.Validate(); err != nil {
				t.Fatalf("%q: %v", csv, err)
			}
			want.Places, want.Copies = want.Places+1, want.Copies+p.Copies
		}
		if len(made) == 0 || counts != want {
			t.Fatalf("%q: %+v, want %+v", csv, counts, want)
		}
	})
}

// Whoever approves what at the same time, no two sheets get one number.
func TestApproveBatch_serialsNeverOverlap(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	const batches = 8
	var all sync.WaitGroup
	for i := range batches {
		id := fmt.Sprintf("b%d", i)
		w.draft(id)
		w.places(id, threePlaces)
		all.Go(func() {
			if _, err := w.ApproveBatch(w.ctx, admin, id); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	seen := map[referral.Serial]string{}
	for i := range batches {
		list, _, err := w.Places(w.ctx, admin, fmt.Sprintf("b%d", i), registry.Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			if p.Serials.Len() != int64(p.Copies) {
				t.Errorf("%d copies have the numbers %+v", p.Copies, p.Serials)
			}
			for s := p.Serials.From; s <= p.Serials.To; s++ {
				if seen[s] != "" {
					t.Errorf("number %d is on %s and %s", s, seen[s], p.Code)
				}
				seen[s] = string(p.Code)
			}
		}
	}
	if len(seen) != 6*batches {
		t.Errorf("%d sheets have a number, want %d", len(seen), 6*batches)
	}
}

// Whatever is done to batches in whatever order, what is on a sheet stays so.
func TestBatch_anyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		w.portal("a", "91")
		given := map[referral.Serial]referral.Code{}
		for _, id := range []string{"x", "y"} {
			w.draft(id)
			w.places(id, threePlaces)
		}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			id := rapid.SampledFrom([]string{"x", "y"}).Draw(rt, "batch")
			before := must[referral.PrintBatch](t)(w.Batch(w.ctx, admin, id))
			var err error
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0:
				_, err = w.ApproveBatch(w.ctx, admin, id)
			case 1:
				_, err = w.WithdrawBatch(w.ctx, editor, id, "Sửa")
			case 2:
				_, err = w.PrintBatch(w.ctx, editor, id, registry.PrintInput{Printer: ptr("Nhà in")})
			case 3:
				_, err = w.PlaceBatch(w.ctx, editor, id, nil)
			case 4:
				_, err = w.RetireBatch(w.ctx, editor, id, "Hết")
			case 5:
				_, err = w.ImportPlaces(w.ctx, editor, id, strings.NewReader("label\nNơi khác "+rapid.StringMatching("[a-z]{8}").Draw(rt, "label")+"\n"), false)
			}
			after := must[referral.PrintBatch](t)(w.Batch(w.ctx, admin, id))
			if err != nil && after != before {
				rt.Fatalf("refused (%v), and yet changed from %+v to %+v", err, before, after)
			}
			if before.State.Locked() && after.Serials != before.Serials {
				rt.Fatalf("numbers on paper change from %v to %v", before.Serials, after.Serials)
			}
			list, _, err := w.Places(w.ctx, admin, id, registry.Page{})
			if err != nil {
				rt.Fatal(err)
			}
			for _, p := range list {
				for s := p.Serials.From; p.Serials.Len() > 0 && s <= p.Serials.To; s++ {
					if was, taken := given[s]; taken && was != p.Code {
						rt.Fatalf("number %d was on %s and is on %s", s, was, p.Code)
					}
					given[s] = p.Code
				}
			}
		}
	})
}

func TestBatch_ofAnotherProvinceDoesNotExist(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	w.draft("x")
	made := w.places("x", threePlaces)
	other := provinceActor(w.Provinces().At(referral.DayOf(w.now))[0].ID)
	none := func(err error) { t.Helper(); wantError(t, err, referral.ErrNotFound, "error.batch_unknown") }
	_, err := w.Batch(w.ctx, other, "x")
	none(err)
	_, err = w.RetireBatch(w.ctx, other, "x", "Không")
	none(err)
	_, err = w.ApproveBatch(w.ctx, other, "x")
	none(err)
	_, _, err = w.Places(w.ctx, other, "x", registry.Page{})
	none(err)
	_, err = w.ImportPlaces(w.ctx, other, "x", strings.NewReader("label\nA\n"), false)
	none(err)
	_, err = w.PlacePlace(w.ctx, other, "x", made[0].Code, registry.PlacedInput{})
	none(err)
	if list, _, err := w.Batches(w.ctx, other, registry.Page{}, registry.Filter{}); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	_, err = w.ApproveBatch(w.ctx, viewer, "x")
	wantError(t, err, referral.ErrForbidden, "error.forbidden")
}

func TestReportCode(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	w.draft("x")
	made := w.places("x", threePlaces)
	must[referral.PrintBatch](t)(w.ApproveBatch(w.ctx, admin, "x"))
	_, err := w.ReportCode(w.ctx, referral.CodeReport{Note: strings.Repeat("a", 501)})
	wantFaults(t, err, "/code error.report_code", "/where error.required", "/note error.too_long")
	before := w.version()
	x, err := w.ReportCode(w.ctx, referral.CodeReport{Serial: 4, Where: "Chợ Long Xuyên", Note: "Có mã khác\ndán đè"})
	if err != nil || x.Code != made[1].Code {
		t.Fatalf("%+v, %v", x, err)
	}
	if w.version() != before {
		t.Error("a report makes every server read the registry anew")
	}
	if n, err := w.OpenCodeReports(w.ctx, viewer); n != 1 || err != nil {
		t.Errorf("%d open, %v", n, err)
	}
	other := provinceActor(w.Provinces().At(referral.DayOf(w.now))[0].ID)
	if list, _, err := w.CodeReports(w.ctx, other, registry.Page{}, registry.Filter{}); err != nil || len(list) != 0 {
		t.Errorf("another province sees %v, %v", list, err)
	}
	_, err = w.CloseCodeReport(w.ctx, other, x.Num, "Đã gỡ")
	wantError(t, err, referral.ErrNotFound, "error.report_unknown")
	_, err = w.CloseCodeReport(w.ctx, editor, x.Num, " ")
	wantFaults(t, err, "/outcome error.required")
	if x, err = w.CloseCodeReport(w.ctx, editor, x.Num, "Đã gỡ mã dán đè"); err != nil || x.ClosedBy != "account:minh" {
		t.Errorf("%+v, %v", x, err)
	}
	closedAt := w.now
	w.now = w.now.Add(time.Hour)
	for _, outcome := range []string{"Đã gỡ mã dán đè", "Không thấy gì", ""} {
		again, err := w.CloseCodeReport(w.ctx, admin, x.Num, outcome)
		wantError(t, err, referral.ErrConflict, "error.report_closed")
		var named *referral.Error
		want := referral.Args{"by": "minh", "at": closedAt.Format("15:04 02/01/2006"), "outcome": "Đã gỡ mã dán đè"}
		if errors.As(err, &named); !maps.Equal(named.Args, want) || again != (referral.CodeReport{}) {
			t.Errorf("%q: %v, %+v", outcome, named.Args, again)
		}
	}
	if kept, _, err := w.CodeReports(w.ctx, admin, registry.Page{}, registry.Filter{State: "closed"}); err != nil || len(kept) != 1 || kept[0] != x {
		t.Errorf("%+v, %v", kept, err)
	}
	list, _, err := w.CodeReports(w.ctx, admin, registry.Page{}, registry.Filter{State: "open"})
	if err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

func TestCampaign_posterTexts(t *testing.T) {
	w := newWorld(t)
	_, err := w.CreateCampaign(w.ctx, admin, registry.CampaignInput{ID: ptr("tet"), Name: ptr("Tết"), Posters: &referral.PosterTexts{"titel": "x", "call": " "}})
	if err == nil || !strings.Contains(err.Error(), "/poster_texts/titel") || !strings.Contains(err.Error(), "/poster_texts/call") {
		t.Error(err)
	}
	if _, err := w.CreateCampaign(w.ctx, admin, registry.CampaignInput{ID: ptr("tet"), Name: ptr("Tết"), Posters: &referral.PosterTexts{"call": "Bán hàng Tết trên sàn"}}); err != nil {
		t.Fatal(err)
	}
	c, err := w.Campaign(w.ctx, "tet")
	if err != nil || c.Posters["call"] != "Bán hàng Tết trên sàn" {
		t.Errorf("%+v, %v", c, err)
	}
	c, err = w.UpdateCampaign(w.ctx, admin, "tet", registry.CampaignInput{Posters: &referral.PosterTexts{}}, "")
	if err != nil || c.Posters != nil {
		t.Errorf("%+v, %v", c, err)
	}
}
