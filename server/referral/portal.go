package referral

import (
	"strconv"
	"time"
)

// Portal is a website that places our snippets. It belongs to a province and
// follows its succession by itself: Province keeps what was registered.
type Portal struct {
	Num          int64  // number in rollups and journal; never reused
	ID           string // "stttt-an-giang"
	Name         string
	Province     ProvinceID // as registered; see Provinces.Follow
	Hosts        []string   // lower case, without port: "stttt.angiang.gov.vn"
	Pages        []string   // read for coverage besides the home pages; see ParsePage
	ContactEmail string     // "" if unknown
	MergedInto   string     // ID of the portal that it became part of, or ""
	// Former is the province of an earlier registration that has become Province:
	// the days before that still belong to it. 0 if there was none.
	Former ProvinceID
	// Kept is what Province had become when somebody decided that the portal
	// shall follow by itself; 0 while nobody has.
	Kept      ProvinceID
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Origin returns the province from which the portal follows the succession.
func (p *Portal) Origin() ProvinceID {
	if p.Former != 0 {
		return p.Former
	}
	return p.Province
}

// Validate reports every field at fault together. It does not look at other
// portals; that the id is free is the store's to say.
func (p *Portal) Validate() error {
	var f Faults
	checkID(&f, "/id", p.ID)
	checkText(&f, "/name", p.Name, 200)
	if len(p.Hosts) > 50 {
		f.Add("/hosts", "error.too_many", "max", "50")
	}
	for i, host := range p.Hosts {
		if !validHost(host) {
			f.Add(pointerAt("/hosts", i), "error.host", "value", host)
		}
	}
	if len(p.Pages) > MaxPages {
		f.Add("/pages", "error.too_many", "max", strconv.Itoa(MaxPages))
	}
	for i, page := range p.Pages {
		if _, err := ParsePage(page, p.Hosts); err != nil {
			f.AddError(pointerAt("/pages", i), err)
		}
	}
	if p.ContactEmail != "" && !validEmail(p.ContactEmail) {
		f.Add("/contact_email", "error.email", "value", p.ContactEmail)
	}
	return f.Err()
}
