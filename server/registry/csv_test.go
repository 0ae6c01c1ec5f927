package registry_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"lensan/server/referral"
	"lensan/server/registry"
)

// places returns "line:column field key" for each fault.
func places(t *testing.T, err error) []string {
	t.Helper()
	var named *referral.Error
	if !errors.As(err, &named) || !errors.Is(err, referral.ErrInvalid) || named.Key != "error.csv_invalid" {
		t.Fatalf("got %v", err)
	}
	var out []string
	for _, f := range named.Fields {
		out = append(out, fmt.Sprintf("%d:%d ", f.Line, f.Column)+strings.TrimSpace(f.Field+" "+f.Key))
	}
	return out
}

func TestImportPortals_forms(t *testing.T) {
	want := referral.Portal{Num: 1, ID: "a", Name: "Sở NN&MT, An Giang", Province: 890, Hosts: []string{"a.vn", "b.vn"}, ContactEmail: "lan@a.vn"}
	for name, csv := range map[string]string{
		"comma":                         "id,name,province,province_on,hosts,contact_email\na,\"Sở NN&MT, An Giang\",89,2021-07-21,a.vn b.vn,lan@a.vn\n",
		"semicolon":                     "id;name;province;province_on;hosts;contact_email\na;Sở NN&MT, An Giang;89;2021-07-21;a.vn|b.vn;lan@a.vn\n",
		"BOM and CRLF":                  "\ufeffid;name;province;province_on;hosts;contact_email\r\na;\"Sở NN&MT, An Giang\";89;2021-07-21;\"a.vn | B.vn\";lan@a.vn\r\n",
		"no last newline":               "id,name,province,province_on,hosts,contact_email\na,\"Sở NN&MT, An Giang\",89,2021-07-21,a.vn b.vn,lan@a.vn",
		"other order, spaces, capitals": "Contact_Email , HOSTS,province_on,Province, name ,ID\n lan@a.vn ,a.vn b.vn, 2021-07-21 , 89 , \"Sở NN&MT, An Giang\",a\n",
		"Vietnamese headers":            "Mã cổng;Tên cổng;Mã tỉnh;Ngày;Tên miền;Thư điện tử\na;Sở NN&MT, An Giang;89;21/07/2021;a.vn b.vn;lan@a.vn\n",
		"blank lines and empty columns": "\n\nid;name;province;province_on;hosts;contact_email;;\n;;;;;;;\na;Sở NN&MT, An Giang;89;21/7/2021;a.vn b.vn;lan@a.vn;;\n   \n",
		"hosts on two lines":            "id,name,province,province_on,hosts,contact_email\na,\"Sở NN&MT, An Giang\",89,2021-07-21,\"a.vn\nb.vn\",lan@a.vn\n",
		"pages":                         "id;name;province;province_on;hosts;Trang;contact_email\na;Sở NN&MT, An Giang;89;2021-07-21;a.vn b.vn;;lan@a.vn\n",
		"NFD":                           "id;name;province;province_on;hosts;contact_email\na;So\u031b\u0309 NN&MT, An Giang;89;2021-07-21;a.vn b.vn;lan@a.vn\n",
	} {
		t.Run(name, func(t *testing.T) {
			if name == "other order, spaces, capitals" {
				csv = strings.ReplaceAll(csv, ` "Sở NN&MT, An Giang"`, `"Sở NN&MT, An Giang"`)
			}
			w := newWorld(t)
			list, err := w.ImportPortals(w.ctx, admin, iotest.OneByteReader(strings.NewReader(csv)))
			if err != nil || len(list) != 1 {
				t.Fatalf("%d portals, %v", len(list), err)
			}
			want := want
			want.CreatedAt, want.UpdatedAt = w.now.UTC(), w.now.UTC()
			if d := cmp.Diff(want, list[0]); d != "" {
				t.Error(d)
			}
			if got, err := w.Portal(w.ctx, admin, "a"); err != nil || cmp.Diff(want, got) != "" {
				t.Errorf("read back: %+v, %v", got, err)
			}
		})
	}
}

func TestImportPortals_optionalColumns(t *testing.T) {
	w := newWorld(t)
	list, err := w.ImportPortals(w.ctx, admin, strings.NewReader("id,name,province\na,A,91\nb,B,1\n"))
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	if list[1].Province != 10 || list[1].Hosts != nil || list[1].ContactEmail != "" {
		t.Errorf("the zero of 01 is not put back: %+v", list[1])
	}
	for _, p := range list {
		if c := w.changes("portal", p.ID); len(c) != 1 || c[0].Verb != "create" || c[0].Actor != "account:lan" {
			t.Errorf("history of %s: %+v", p.ID, c)
		}
	}
}

func TestImportPlacements(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	if _, err := w.CreateCampaign(w.ctx, admin, registry.CampaignInput{ID: ptr("tet"), Name: ptr("Tết")}); err != nil {
		t.Fatal(err)
	}
	list, err := w.ImportPlacements(w.ctx, admin, strings.NewReader("Cổng;Loại;Đích đến;Nhãn;Chiến dịch\na;qr;support_portal;Chợ Long Xuyên;tet\na;widget;hub;;\na;link;voso;;\n"))
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v, %v", list, err)
	}
	for i, want := range []referral.Placement{
		{Portal: "a", Kind: "qr", Destination: "support_portal", Label: "Chợ Long Xuyên", Campaign: "tet", State: "open"},
		{Portal: "a", Kind: "widget", Destination: "hub", State: "open"}, {Portal: "a", Kind: "link", Destination: "voso", State: "open"},
	} {
		want.Num, want.Code, want.CreatedAt, want.UpdatedAt = int64(i+1), list[i].Code, w.now.UTC(), w.now.UTC()
		if d := cmp.Diff(want, list[i]); d != "" {
			t.Error(d)
		}
		if got := w.leadsTo(list[i].Code); got != want.Destination {
			t.Errorf("%s leads to %s, want %s", list[i].Code, got, want.Destination)
		}
		if c := w.changes("placement", string(list[i].Code)); len(c) != 1 {
			t.Errorf("history of %s: %+v", list[i].Code, c)
		}
	}
}

func TestImport_faults(t *testing.T) {
	w := newWorld(t)
	w.portal("taken", "91")
	w.portal("merged", "91")
	if _, err := w.MergePortal(w.ctx, admin, "merged", "taken", ""); err != nil {
		t.Fatal(err)
	}
	before := w.version()
	portals := func(csv io.Reader) error { _, err := w.ImportPortals(w.ctx, admin, csv); return err }
	placements := func(csv io.Reader) error { _, err := w.ImportPlacements(w.ctx, admin, csv); return err }
	for _, c := range []struct {
		name string
		load func(io.Reader) error
		csv  string
		want []string
	}{
		{"empty", portals, "", []string{"1:1 error.csv_empty"}},
		{"header alone", portals, "id,name,province\n", []string{"1:1 error.csv_empty"}},
		{"blank", portals, "\n \n;;\n", []string{"1:1 error.csv_empty"}},
		{"unknown column", portals, "id,name,colour,province\na,A,red,91\n", []string{"1:3 colour error.csv_column_unknown"}},
		{"unknown, twice and missing", portals, "id,x,id,,y\n", []string{"1:2 x error.csv_column_unknown", "1:3 id error.csv_column_twice", "1:4 error.csv_column_unknown",
			"1:5 y error.csv_column_unknown", "1:6 name error.csv_column_missing", "1:6 province error.csv_column_missing"}},
		{"no header", portals, "a,A,91\n", []string{"1:1 a error.csv_column_unknown", "1:2 A error.csv_column_unknown", "1:3 91 error.csv_column_unknown",
			"1:4 id error.csv_column_missing", "1:4 name error.csv_column_missing", "1:4 province error.csv_column_missing"}},
		{"columns of the other import", placements, "id,name,province\na,A,91\n", []string{"1:1 id error.csv_column_unknown", "1:2 name error.csv_column_unknown", "1:3 province error.csv_column_unknown",
			"1:4 portal error.csv_column_missing", "1:4 kind error.csv_column_missing", "1:4 destination error.csv_column_missing"}},
		{"tabs", portals, "id\tname\tprovince\n", []string{"1:1 id\tname\tprovince error.csv_column_unknown",
			"1:2 id error.csv_column_missing", "1:2 name error.csv_column_missing", "1:2 province error.csv_column_missing"}},
		{"each row's faults", portals, "hosts,id,name,province,province_on,contact_email\na.vn B_b|c.vn,A,,99,,\na.vn,ok,Ok,89,,x\n,ok2,Ok,91,yesterday,\n,ok3,Ok,89,2021-07-21,\n",
			[]string{"2:4 province error.province_unknown", "2:2 id error.id", "2:3 name error.required", "2:1 hosts error.host",
				"3:4 province error.province_ended", "3:6 contact_email error.email", "4:5 province_on error.day"}},
		{"line of a row after one of several lines", portals, "id,name,province\na,\"A\nB\",91\nb,B,99\n", []string{"2:2 name error.text", "4:3 province error.province_unknown"}},
		{"day to come without the column", portals, "id,name,province,province_on\na,A,91,2027-01-01\n", []string{"2:4 province_on error.day_future"}},
		{"taken", portals, "id,name,province\na,A,91\ntaken,A,91\n", []string{"3:1 id error.taken"}},
		{"twice in the file", portals, "id,name,province\na,A,91\nb,B,91\na,A,91\n", []string{"4:1 id error.csv_duplicate"}},
		{"twice in the file, the first faulty", portals, "id,name,province\na,A,99\na,A,91\n", []string{"2:3 province error.province_unknown", "3:1 id error.csv_duplicate"}},
		{"short row", portals, "id,name,province\na,A\nb,B,91\nc,C,91,x\n", []string{"2:3 error.csv_width", "4:4 error.csv_width"}},
		{"open quotation mark", portals, "id,name,province\na,A,91\nb,\"B,91\n", []string{"3:2 error.csv_quote"}},
		{"stray quotation mark", portals, "id;name;province\na;A \"B\" C;91\n", []string{"2:2 error.csv_quote"}},
		{"text after a quotation", portals, "id,name,province\n\"a\",\"b,c\"x,91\n", []string{"2:2 error.csv_quote"}},
		{"not UTF-8", portals, "id,name,province\na,S\xed,91\nb,B,91\nc,\xff,91\n", []string{"2:1 error.csv_utf8", "4:1 error.csv_utf8"}},
		{"UTF-16", portals, "\xff\xfei\x00d\x00", []string{"1:1 error.csv_utf8"}},
		{"placements", placements, "portal,kind,destination,label,campaign\nx,poster,x,\"a\tb\",x\n,,,a,\nmerged,qr,hub,,\n",
			[]string{"2:1 portal error.portal_unknown", "2:2 kind error.placement_kind", "2:4 label error.text", "2:3 destination error.destination_unknown", "2:5 campaign error.campaign_unknown",
				"3:1 portal error.required", "3:2 kind error.placement_kind", "3:3 destination error.required", "4:1 portal error.portal_merged"}},
		{"the same placement twice", placements, "portal,kind,destination,label\ntaken,qr,hub,Chợ\ntaken,qr,hub,Bến\ntaken,qr,hub,Cho\u031b\u0323\n", []string{"4:1 portal error.csv_duplicate"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.load(strings.NewReader(c.csv))
			if d := cmp.Diff(c.want, places(t, err)); d != "" {
				t.Error(d)
			}
			if w.version() != before {
				t.Error("something was written")
			}
		})
	}
	if list, _, _ := w.Portals(w.ctx, admin, registry.Page{}, registry.Filter{}); len(list) != 2 {
		t.Errorf("%d portals", len(list))
	}
}

func TestImport_limits(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	before := w.version()
	faults := func(csv string) []string {
		_, err := w.ImportPortals(w.ctx, admin, strings.NewReader(csv))
		return places(t, err)
	}
	if got := faults("id,name,province\n" + strings.Repeat("a,A,91\n", 20_001)); len(got) != 1 || got[0] != "20002:1 error.csv_rows" {
		t.Errorf("rows: %.3q", got)
	}
	if got := faults("id,name,province\na,\"" + strings.Repeat("A", 10<<20) + "\",91\n"); len(got) != 1 || got[0] != "1:1 error.csv_size" {
		t.Errorf("bytes: %.3q", got)
	}
	if got := faults("id,name,province\n" + strings.Repeat("A,,99\n", 300)); len(got) != 200 {
		t.Errorf("%d faults", len(got))
	}
	if got := faults("id,name,province\n" + strings.Repeat("a\n", 300)); len(got) != 200 {
		t.Errorf("%d faults of width", len(got))
	}
	if w.version() != before {
		t.Error("something was written")
	}
	torn := errors.New("connection torn")
	if _, err := w.ImportPortals(w.ctx, admin, io.MultiReader(strings.NewReader("id,name,province\nb,B,91\n"), iotest.ErrReader(torn))); !errors.Is(err, torn) {
		t.Errorf("got %v", err)
	}
	if w.version() != before {
		t.Error("half of a file was written")
	}
}

// The most that one file may hold goes in, in one transaction.
func TestImportPlacements_most(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	before := w.version()
	var b strings.Builder
	b.WriteString("portal,kind,destination,label\n")
	for i := range 20_000 {
		fmt.Fprintf(&b, "a,qr,hub,Áp phích %d\n", i)
	}
	list, err := w.ImportPlacements(w.ctx, admin, strings.NewReader(b.String()))
	if err != nil || len(list) != 20_000 || w.version() != before+1 {
		t.Fatalf("%d placements, %v, version %d, was %d", len(list), err, w.version(), before)
	}
	if n := w.links.Load().Len(); n != 20_000 {
		t.Errorf("%d placements in force", n)
	}
}

func FuzzImport(f *testing.F) {
	for _, s := range []string{"id,name,province\na,A,91\n", "\ufeffid;name;province;hosts\r\na;\"A\"\"B\";91;x|y\r\n", "portal,kind,destination,label,campaign\na,qr,hub,Chợ,\n",
		"id,name,province\na,\"A", "\xff\xfe", "id,name,province\na,A\rB,91", ";;;", "\"\n\"\n", "id,name,province,province_on\n1,A,1,1/1/2021\n"} {
		f.Add(s)
	}
	world := *newWorld(f)
	world.portal("a", "91")
	f.Fuzz(func(t *testing.T, csv string) {
		w := world
		w.t = t
		before := w.version()
		portals, err1 := w.ImportPortals(w.ctx, admin, strings.NewReader(csv))
		placements, err2 := w.ImportPlacements(w.ctx, admin, strings.NewReader(csv))
		for _, err := range []error{err1, err2} {
			if err != nil {
				checkFaults(t, csv, err)
			}
		}
		written := int64(0)
		for _, err := range []error{err1, err2} {
			if err == nil {
				written++
			}
		}
		if w.version() != before+written || err1 != nil && portals != nil || err2 != nil && placements != nil {
			t.Fatalf("%q: %d, %d rows, %v, %v", csv, len(portals), len(placements), err1, err2)
		}
		for _, p := range portals {
			if err := p.Validate(); err != nil {
				t.Fatalf("%q: %v", csv, err)
			}
		}
		for _, p := range placements {
			if err := p.Validate(); err != nil {
				t.Fatalf("%q: %v", csv, err)
			}
		}
	})
}

// checkFaults wants an error that names the places of a CSV file's faults.
func checkFaults(t *testing.T, csv string, err error) {
	t.Helper()
	lines := strings.Count(csv, "\n") + 1
	var named *referral.Error
	if !errors.As(err, &named) || named.Kind != referral.ErrInvalid || len(named.Fields) == 0 || len(named.Fields) > 200 {
		t.Fatalf("%q: %v", csv, err)
	}
	for _, fault := range named.Fields {
		if fault.Line < 1 || fault.Line > lines || fault.Column < 1 || fault.Key == "" {
			t.Fatalf("%q: %+v", csv, fault)
		}
	}
}
