package referral

import (
	"strconv"
	"time"
)

// BatchState is where a print batch stands in its life.
type BatchState string

// The states of a print batch, in their order. A batch can be retired from each.
const (
	BatchDraft    BatchState = "draft"
	BatchApproved BatchState = "approved" // by a second person; serial numbers are given
	BatchPrinted  BatchState = "printed"  // from here on its codes are locked
	BatchPlaced   BatchState = "placed"   // every place of it
	BatchRetired  BatchState = "retired"
)

// Locked reports whether codes of the batch are on paper: they can be
// retargeted, but neither renamed nor moved.
func (s BatchState) Locked() bool { return s == BatchPrinted || s == BatchPlaced }

// PrintBatch is posters printed together. Each of its places is a placement of
// kind qr with a code of its own.
type PrintBatch struct {
	Num         int64
	ID          string
	Name        string
	Portal      string // ID of the portal, which says whose the batch is
	Destination string // ID of a destination, or HubID
	Campaign    string // ID of a campaign, or ""
	Paper       Paper
	State       BatchState
	CreatedBy   string // as Actor.String
	EditedBy    string // who changed it or its places last
	ApprovedBy  string // "" before
	ApprovedAt  time.Time
	Serials     SerialRange // of all its sheets, from approval on
	PrintedOn   Day         // NoDay before
	Printer     string
	Quantity    int // sheets that were printed
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Paper is what a poster is printed on.
type Paper string

// The kinds of paper. A sheet of stickers holds 24.
const (
	PaperA3       Paper = "A3"
	PaperA4       Paper = "A4"
	PaperA5       Paper = "A5"
	PaperStickers Paper = "stickers"
)

// PrintPlace is one place of a batch.
type PrintPlace struct {
	PlacementNum int64
	Code         Code
	Batch        string // ID
	Position     int    // from 1, in the order of the list
	Label        string // of the placement: "Nhà văn hoá ấp 3"
	Commune      string
	Address      string
	Copies       int
	Serials      SerialRange // part of the batch's, from approval on
	PlacedOn     Day         // NoDay before
	PlacedBy     string
	State        PlacementState
}

// BatchCounts sums up the places of a batch.
type BatchCounts struct{ Places, Copies, Placed int }

// Limits of a batch.
const (
	MaxCopies = 10_000
	MaxPlaces = 20_000
)

// Validate reports every field at fault together. That portal, destination and
// campaign exist is checked by the registry.
func (b *PrintBatch) Validate() error {
	var f Faults
	checkID(&f, "/id", b.ID)
	checkText(&f, "/name", b.Name, 200)
	if b.Portal == "" {
		f.Add("/portal", "error.required")
	}
	if b.Destination == "" {
		f.Add("/destination", "error.required")
	}
	switch b.Paper {
	case PaperA3, PaperA4, PaperA5, PaperStickers:
	default:
		f.Add("/paper", "error.paper", "value", string(b.Paper))
	}
	checkOptionalText(&f, "/printer", b.Printer, 200)
	return f.Err()
}

// Validate reports every field at fault together.
func (p *PrintPlace) Validate() error {
	var f Faults
	checkText(&f, "/label", p.Label, 200)
	checkOptionalText(&f, "/commune", p.Commune, 200)
	checkOptionalText(&f, "/address", p.Address, 300)
	if p.Copies < 1 || p.Copies > MaxCopies {
		f.Add("/copies", "error.range", "min", "1", "max", strconv.Itoa(MaxCopies))
	}
	return f.Err()
}

// CodeReport is what somebody wrote about a printed code that looks wrong: that
// another was pasted over it, say. It names nobody.
type CodeReport struct {
	Num       int64
	Code      Code   // "" if none was given
	Serial    Serial // 0 likewise
	Where     string // at most 200 characters
	Note      string // at most 500
	CreatedAt time.Time
	ClosedAt  time.Time // zero while it is open
	ClosedBy  string
	Outcome   string // what was done about it
}

// Validate reports every field at fault together.
func (r *CodeReport) Validate() error {
	var f Faults
	if r.Code == "" && r.Serial == 0 {
		f.Add("/code", "error.report_code")
	}
	checkText(&f, "/where", r.Where, 200)
	checkOptionalLines(&f, "/note", r.Note, 500)
	return f.Err()
}
