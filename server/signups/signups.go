// Package signups takes in what marketplaces report: how many sellers signed
// up, listed a first product and sold a first one, by day and code. A report
// can be sent again without harm and corrected with its history kept; no two
// reports may count the same. What is reported is never mixed with what is
// measured. It knows neither HTTP nor SQL.
package signups

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lensan/server/referral"
)

// Stage is how far a seller came.
type Stage string

// The stages. Each counts sellers who reached it on a day.
const (
	SignUp       Stage = "signup"
	FirstListing Stage = "first_listing"
	FirstSale    Stage = "first_sale"
)

// Stages lists all.
var Stages = []Stage{SignUp, FirstListing, FirstSale}

// Limits of a report.
const (
	MaxRows   = 10_000
	MaxCount  = 1_000_000 // of one row
	maxID     = 100       // characters
	maxReason = 500
)

// earliest is the day of the decision that began the plan (1034/QĐ-BTTTT).
var earliest = referral.MustDay("2021-07-21")

// Row is one line of a report.
type Row struct {
	Day   referral.Day
	Code  referral.Code
	Stage Stage
	Count int64
}

// Input is what a marketplace sends. Destination may be left out by whom one
// marketplace's key was given to.
type Input struct {
	ReportID    string
	Destination string
	Correct     bool   // replaces what was reported under the same id
	Replaces    *int   // the version that was looked at before, 0 for none; nil if it does not matter
	Reason      string // of a correction
	Source      string // "api", "callback" or "csv"
	Rows        []Row

	Faults referral.Faults // what is wrong with how the input was written
}

// Report is one version of a report as it is kept.
type Report struct {
	Destination string
	ID          string
	Version     int // from 1
	Rows        int
	Totals      map[Stage]int64
	First, Last referral.Day // of its rows; NoDay without any
	Source      string
	Actor       string
	Reason      string
	ReceivedAt  time.Time
}

// Outcome says what became of what was sent.
type Outcome string

// The outcomes. Same: it was known already, nothing has changed.
const (
	Created   Outcome = "created"
	Same      Outcome = "same"
	Corrected Outcome = "corrected"
)

// Placed is a row with what the code stood for on its day.
type Placed struct {
	Row
	Placement, Campaign int64
	Province            referral.ProvinceID
}

// Double is a row whose day, code and stage another report counts already.
type Double struct {
	Row    int // index
	Report string
}

// Store is what signups needs of a database.
type Store interface {
	// SaveReport keeps a report whose rows are resolved, in one transaction, and
	// completes its Version. Where the latest version of the same id has the same
	// digest it writes nothing and returns Same with that version. Where it has
	// another, and correct is not set or replaces is not its version, it is
	// ErrConflict. Doubles are returned with nothing written.
	SaveReport(ctx context.Context, r *Report, digest string, correct bool, replaces *int, rows []Placed, c referral.Change) (Outcome, []Double, error)
	// SignupDoubles returns which rows other reports count already; id is left out.
	SignupDoubles(ctx context.Context, destination, id string, rows []Placed) ([]Double, error)
	// SignupReports lists the versions of reports, newest first; "" is any.
	SignupReports(ctx context.Context, destination, id string, limit int) ([]Report, error)
}

// Registry is what signups needs of the registry.
type Registry interface {
	Destination(ctx context.Context, id string) (referral.Destination, error)
}

// Signups is safe for use by many goroutines.
type Signups struct {
	store    Store
	registry Registry
	links    *referral.LinkTable
	now      func() time.Time
}

// New returns a Signups.
func New(s Store, r Registry, links *referral.LinkTable, now func() time.Time) *Signups {
	return &Signups{s, r, links, now}
}

// Take keeps a report. Only a marketplace, for its own destination, and an
// admin may. All faults are reported together, at "/rows/3/code" and so on.
func (s *Signups) Take(ctx context.Context, a referral.Actor, in Input) (Report, Outcome, error) {
	placed, err := s.check(ctx, a, &in)
	if err != nil {
		return Report{}, "", err
	}
	r := Report{Destination: in.Destination, ID: in.ReportID, Rows: len(in.Rows), Totals: totals(in.Rows), Source: in.Source, Actor: a.String(),
		Reason: in.Reason, ReceivedAt: s.now().UTC().Truncate(time.Millisecond)}
	r.First, r.Last = span(in.Rows)
	c := referral.Change{Time: r.ReceivedAt, Actor: r.Actor, Entity: "signups", Key: in.Destination + "/" + in.ReportID, Reason: in.Reason}
	outcome, doubles, err := s.store.SaveReport(ctx, &r, digest(in.Rows), in.Correct, in.Replaces, placed, c)
	if err != nil {
		return Report{}, "", err
	}
	if len(doubles) > 0 {
		var f referral.Faults
		addDoubles(&f, doubles)
		return Report{}, "", f.Err()
	}
	return r, outcome, nil
}

func addDoubles(f *referral.Faults, doubles []Double) {
	for _, d := range doubles {
		f.Add("/rows/"+strconv.Itoa(d.Row), "error.signups_double", "report", d.Report)
	}
}

// Reports lists what was reported for a destination, newest first: all, or the
// versions of one id. A marketplace sees its own.
func (s *Signups) Reports(ctx context.Context, a referral.Actor, destination, id string) ([]Report, error) {
	switch a.Role {
	case referral.RoleMarketplace:
		if destination != "" && destination != a.Destination {
			return nil, referral.Errorf(referral.ErrForbidden, "error.forbidden")
		}
		destination = a.Destination
	case referral.RoleAdmin, referral.RoleEditor, referral.RoleViewer:
	default:
		return nil, referral.Errorf(referral.ErrForbidden, "error.forbidden")
	}
	return s.store.SignupReports(ctx, destination, id, maxReports)
}

const maxReports = 200

// check finds all that is wrong with an input, and resolves its rows.
func (s *Signups) check(ctx context.Context, a referral.Actor, in *Input) ([]Placed, error) {
	f := in.Faults
	switch a.Role {
	case referral.RoleMarketplace:
		if in.Destination == "" {
			in.Destination = a.Destination
		}
		if in.Destination != a.Destination {
			f.Add("/destination", "error.signups_foreign", "id", a.Destination)
		}
	case referral.RoleAdmin:
		if in.Destination == "" {
			f.Add("/destination", "error.required")
		} else if _, err := s.registry.Destination(ctx, in.Destination); err != nil {
			if err := f.AddError("/destination", err); err != nil {
				return nil, err
			}
		}
	default:
		return nil, referral.Errorf(referral.ErrForbidden, "error.forbidden")
	}
	in.ReportID = norm.NFC.String(strings.TrimSpace(in.ReportID))
	in.Reason = norm.NFC.String(strings.TrimSpace(in.Reason))
	checkText(&f, "/report_id", in.ReportID, maxID, true)
	checkText(&f, "/reason", in.Reason, maxReason, false)
	switch n := len(in.Rows); {
	case n == 0 && !in.Correct: // a correction may take everything back
		f.Add("/rows", "error.required")
	case n > MaxRows:
		f.Add("/rows", "error.too_many", "max", strconv.Itoa(MaxRows))
		return nil, f.Err()
	}
	placed, err := s.place(&f, in.Rows)
	if err != nil {
		return nil, err
	}
	return placed, f.Err()
}

func checkText(f *referral.Faults, pointer, text string, most int, required bool) {
	switch {
	case text == "" && required:
		f.Add(pointer, "error.required")
	case !utf8.ValidString(text) || strings.IndexFunc(text, unicode.IsControl) >= 0:
		f.Add(pointer, "error.text")
	case utf8.RuneCountInString(text) > most:
		f.Add(pointer, "error.too_long", "max", strconv.Itoa(most))
	}
}

// place finds out what each row's code stood for on its day.
func (s *Signups) place(f *referral.Faults, rows []Row) ([]Placed, error) {
	links := s.links.Load()
	if links == nil {
		return nil, referral.Errorf(referral.ErrUnavailable, "error.not_applied")
	}
	type cell struct {
		day   referral.Day
		code  referral.Code
		stage Stage
	}
	today, first := referral.DayOf(s.now()), map[cell]int{}
	placed := make([]Placed, len(rows))
	for i, r := range rows {
		at := "/rows/" + strconv.Itoa(i)
		placed[i].Row = r
		link := links.Find(r.Code)
		if link == nil {
			f.Add(at+"/code", "error.code_unknown", "code", string(r.Code))
		} else {
			placed[i].Placement, placed[i].Campaign, placed[i].Province = link.Num, link.CampaignNum, link.Portal.Province(r.Day).ID
		}
		if r.Day < earliest || r.Day > today {
			f.Add(at+"/day", "error.signups_day", "first", earliest.String(), "last", today.String())
		}
		if !slices.Contains(Stages, r.Stage) {
			f.Add(at+"/stage", "error.one_of", "value", string(r.Stage), "allowed", "signup, first_listing, first_sale")
		}
		if r.Count < 0 || r.Count > MaxCount {
			f.Add(at+"/count", "error.range", "min", "0", "max", strconv.Itoa(MaxCount))
		}
		k := cell{r.Day, r.Code, r.Stage}
		if before, twice := first[k]; twice {
			f.Add(at, "error.signups_twice", "row", strconv.Itoa(before))
		} else {
			first[k] = i
		}
	}
	return placed, nil
}

func totals(rows []Row) map[Stage]int64 {
	out := map[Stage]int64{}
	for _, s := range Stages {
		out[s] = 0
	}
	for _, r := range rows {
		out[r.Stage] += r.Count
	}
	return out
}

// span returns the first and the last day of rows, NoDay without any.
func span(rows []Row) (first, last referral.Day) {
	first, last = referral.NoDay, referral.NoDay
	for _, r := range rows {
		if first == referral.NoDay || r.Day < first {
			first = r.Day
		}
		last = max(last, r.Day)
	}
	return first, last
}

// digest is the same for the same rows in any order.
func digest(rows []Row) string {
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = fmt.Sprintf("%d %s %s %d", r.Day, r.Code, r.Stage, r.Count)
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}
