package referral

import (
	"fmt"
	"sort"
	"strings"
)

// ProvinceID is the number under which a province of one validity is stored:
// its GSO code times ten plus the count of earlier holders of that code.
// 890 is An Giang until 2025-06-30; 910 is Kiên Giang, 911 the An Giang after it.
type ProvinceID int32

// Province is an administrative unit with its validity. The same GSO code can
// be held by different provinces at different times, so (Code, ValidFrom) is
// the key and ID its number.
type Province struct {
	ID        ProvinceID
	Code      string // GSO code, two digits: "01"
	ValidFrom Day
	ValidTo   Day // last day; NoDay while it stands
	NameVi    string
	NameEn    string
	Slug      string
	Kind      string // "tinh" or "thanh_pho"
	Region    string // slug in regions.csv; "" for those of 2025
	ISO       string // ISO 3166-2; "" for those of 2025
	Successor ProvinceID
}

// Covers reports whether the province stands on a day.
func (p *Province) Covers(day Day) bool {
	return day >= p.ValidFrom && (p.ValidTo == NoDay || day <= p.ValidTo)
}

// Provinces is the whole list with succession. It is immutable.
type Provinces struct {
	all    []Province // by ID
	byID   map[ProvinceID]*Province
	byCode map[string][]*Province // by ValidFrom
}

// NewProvinces checks that the validities of one code do not overlap, that
// every ended province has a successor and that succession ends among those
// that stand.
func NewProvinces(list []Province) (*Provinces, error) {
	ps := &Provinces{all: append([]Province(nil), list...), byID: map[ProvinceID]*Province{}, byCode: map[string][]*Province{}}
	sort.Slice(ps.all, func(i, j int) bool { return ps.all[i].ID < ps.all[j].ID })
	for i := range ps.all {
		p := &ps.all[i]
		if ps.byID[p.ID] != nil {
			return nil, fmt.Errorf("province %d twice: %w", p.ID, ErrInvalid)
		}
		ps.byID[p.ID] = p
		if held := ps.byCode[p.Code]; len(held) > 0 {
			if last := held[len(held)-1]; last.ValidTo == NoDay || last.ValidTo >= p.ValidFrom {
				return nil, fmt.Errorf("province code %s held twice on %s: %w", p.Code, p.ValidFrom, ErrInvalid)
			}
		}
		ps.byCode[p.Code] = append(ps.byCode[p.Code], p)
	}
	for i := range ps.all {
		p := &ps.all[i]
		if (p.ValidTo == NoDay) != (p.Successor == 0) {
			return nil, fmt.Errorf("province %s (%s): an end and a successor go together: %w", p.Code, p.NameVi, ErrInvalid)
		}
		if p.Successor != 0 {
			s := ps.byID[p.Successor]
			if s == nil || s.ValidFrom != p.ValidTo+1 {
				return nil, fmt.Errorf("province %s (%s): successor %d does not follow: %w", p.Code, p.NameVi, p.Successor, ErrInvalid)
			}
		}
	}
	return ps, nil
}

// All returns every province of every validity, by ID. Do not change it.
func (ps *Provinces) All() []Province { return ps.all }

// ByID returns nil if there is no such province.
func (ps *Provinces) ByID(id ProvinceID) *Province { return ps.byID[id] }

// At returns the provinces that stand on a day, by code: 63 before
// 2025-07-01, 34 from then on.
func (ps *Provinces) At(day Day) []Province {
	var out []Province
	for _, p := range ps.all {
		if p.Covers(day) {
			out = append(out, p)
		}
	}
	return out
}

// Find returns the holder of a GSO code on a day. A code that has ended by
// then is refused with ErrInvalid and the successor on that day named; one
// that never was, or is not yet, with ErrNotFound.
func (ps *Provinces) Find(code string, day Day) (*Province, error) {
	held := ps.byCode[code]
	for i := len(held) - 1; i >= 0; i-- {
		if held[i].Covers(day) {
			return held[i], nil
		}
	}
	for i := len(held) - 1; i >= 0; i-- {
		if p := held[i]; p.ValidTo != NoDay && p.ValidTo < day {
			s := ps.Follow(p.ID, day)
			return nil, Errorf(ErrInvalid, "error.province_ended", "code", code, "name", p.NameVi,
				"until", p.ValidTo.Vietnamese(), "successor", s.Code, "successor_name", s.NameVi)
		}
	}
	return nil, Errorf(ErrNotFound, "error.province_unknown", "code", code)
}

// Follow returns the province that id has become by a day. For a day before
// id began it returns id itself: nobody is sent back in time.
func (ps *Provinces) Follow(id ProvinceID, day Day) *Province {
	p := ps.byID[id]
	for p != nil && p.ValidTo != NoDay && day > p.ValidTo {
		p = ps.byID[p.Successor]
	}
	return p
}

// Lineage returns id and all provinces that became part of it, by ID.
func (ps *Provinces) Lineage(id ProvinceID) []ProvinceID {
	var out []ProvinceID
	for i := range ps.all {
		for p := &ps.all[i]; p != nil; p = ps.byID[p.Successor] {
			if p.ID == id {
				out = append(out, ps.all[i].ID)
				break
			}
		}
	}
	return out
}

// In returns the name in a language ("vi" or "en"), without its kind.
func (p *Province) In(lang string) string { return Name{Vi: p.NameVi, En: p.NameEn}.In(lang) }

// FullName returns the name with its kind, as on official paper:
// "Tỉnh An Giang", "Thành phố Huế".
func (p *Province) FullName() string {
	if p.Kind == "thanh_pho" {
		return "Thành phố " + p.NameVi
	}
	return "Tỉnh " + p.NameVi
}

// merger is the first day of the 34 (Resolution 202/2025/QH15).
var merger = MustDay("2025-07-01")

// since63 is the first day of the 63: Hà Tây had become part of Hà Nội on
// 2008-08-01 (Resolution 15/2008/NQ-QH12).
var since63 = MustDay("2008-08-01")

// hueCity is the first day of Thành phố Huế (Resolution 175/2024/QH15).
var hueCity = MustDay("2025-01-01")

// ReadProvinces builds the list from the two CSV files of assets/data
// (provinces_63.csv until 2025-06-30, provinces_34.csv from 2025-07-01). The
// eleven provinces that were not merged are one Province each, without an end.
func ReadProvinces(csv63, csv34 string) (*Provinces, error) {
	old, err := readTable(csv63, "gso_code", "name_vi", "name_en", "slug", "kind", "region", "iso_code", "merged_into_gso_code")
	if err != nil {
		return nil, fmt.Errorf("provinces of 63: %w", err)
	}
	now, err := readTable(csv34, "gso_code", "name_vi", "name_en", "slug", "kind", "old_gso_codes")
	if err != nil {
		return nil, fmt.Errorf("provinces of 34: %w", err)
	}
	into := map[string]string{} // old code → code of the 34
	parts := map[string]int{}
	for _, row := range now {
		if !validProvinceCode(row["gso_code"]) {
			return nil, fmt.Errorf("province code %q is not two digits: %w", row["gso_code"], ErrInvalid)
		}
		for _, oldCode := range strings.Fields(row["old_gso_codes"]) {
			into[oldCode] = row["gso_code"]
			parts[row["gso_code"]]++
		}
	}
	var list []Province
	for _, row := range old {
		code := row["gso_code"]
		if !validProvinceCode(code) {
			return nil, fmt.Errorf("province code %q is not two digits: %w", code, ErrInvalid)
		}
		if want := row["merged_into_gso_code"]; want != "" && want != into[code] {
			return nil, fmt.Errorf("province %s: successor %s in one list, %s in the other: %w", code, want, into[code], ErrInvalid)
		}
		p := Province{ID: provinceID(code, 0), Code: code, ValidFrom: since63, ValidTo: NoDay,
			NameVi: row["name_vi"], NameEn: row["name_en"], Slug: row["slug"], Kind: row["kind"],
			Region: row["region"], ISO: row["iso_code"]}
		switch next := into[code]; {
		case next == "":
			return nil, fmt.Errorf("province %s has no successor: %w", code, ErrInvalid)
		case parts[next] > 1:
			p.ValidTo, p.Successor = merger-1, provinceID(next, 1)
		}
		if code == "46" {
			before := p
			before.NameVi, before.NameEn, before.Slug, before.Kind = "Thừa Thiên Huế", "Thua Thien Hue", "thua-thien-hue", "tinh"
			before.ValidTo, before.Successor = hueCity-1, provinceID(code, 1)
			p.ID, p.ValidFrom = before.Successor, hueCity
			list = append(list, before)
		}
		list = append(list, p)
	}
	for _, row := range now {
		if parts[row["gso_code"]] > 1 {
			list = append(list, Province{ID: provinceID(row["gso_code"], 1), Code: row["gso_code"], ValidFrom: merger, ValidTo: NoDay,
				NameVi: row["name_vi"], NameEn: row["name_en"], Slug: row["slug"], Kind: row["kind"]})
		}
	}
	return NewProvinces(list)
}

func validProvinceCode(s string) bool {
	return len(s) == 2 && s[0] >= '0' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9'
}

func provinceID(code string, earlier int) ProvinceID {
	return ProvinceID(int(code[0]-'0')*100 + int(code[1]-'0')*10 + earlier)
}
