package app

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lensan/server/poster"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/text"
	"lensan/server/web"
)

// Posters turns what the registry keeps into what is printed.
type Posters struct {
	Registry *registry.Registry
	Texts    *text.Bundle
	Base     string // LENSAN_BASE_URL without a slash at the end
	Hotline  string
	Now      func() time.Time
}

// A PosterJob is a document whose sheets have been looked at.
type PosterJob struct {
	Sheets  int
	file    web.PosterFile
	options poster.Options
	sheets  iter.Seq2[poster.Sheet, error]
}

// Pages returns how many pages the document has.
func (j *PosterJob) Pages() int { return poster.Pages(j.options.Paper, j.Sheets) }

// Write writes the document; see poster.Write.
func (j *PosterJob) Write(ctx context.Context, w io.Writer, progress func(done int)) error {
	write := poster.Write
	if j.file.ZIP {
		write = poster.WriteZIP
	}
	return write(ctx, w, j.options, j.sheets, progress)
}

// Batch returns the posters of all places of a batch, each as often as it is
// to be printed: with its serial number, or as a draft before the approval.
// A retired batch is ErrConflict.
func (p *Posters) Batch(ctx context.Context, a referral.Actor, id string, f web.PosterFile) (*PosterJob, error) {
	b, err := p.Registry.Batch(ctx, a, id)
	if err != nil {
		return nil, err
	}
	if b.State == referral.BatchRetired {
		return nil, referral.Errorf(referral.ErrConflict, "error.batch_retired", "id", b.ID)
	}
	if f.Paper == "" {
		f.Paper = b.Paper
	}
	common, err := p.common(ctx, a, b.Portal, b.Campaign, f)
	if err != nil {
		return nil, err
	}
	return p.job(ctx, f, func(ctx context.Context) iter.Seq2[poster.Sheet, error] {
		return func(yield func(poster.Sheet, error) bool) {
			for page := (registry.Page{Limit: 500}); ; {
				places, next, err := p.Registry.Places(ctx, a, id, page)
				if err != nil {
					yield(poster.Sheet{}, err)
					return
				}
				for _, place := range places {
					if place.State != referral.PlacementRetired && !p.copies(common, b, place, place.Copies, yield) {
						return
					}
				}
				if page.Cursor = next; next == "" {
					return
				}
			}
		}
	})
}

// Codes returns posters of placements, each copies times. Those that belong to
// an approved batch have the serial numbers of their place, from the first;
// copies 0 stands for as many as the place has, and for 1 without a batch. All
// codes at fault are named together: unknown, retired, or with fewer serial
// numbers than copies.
func (p *Posters) Codes(ctx context.Context, a referral.Actor, codes []referral.Code, copies int, f web.PosterFile) (*PosterJob, error) {
	var faults referral.Faults
	var prints []func(yield func(poster.Sheet, error) bool) bool
	for i, code := range codes {
		print, err := p.code(ctx, a, code, copies, f)
		if err != nil {
			if err := faults.AddError("/codes/"+strconv.Itoa(i), err); err != nil {
				return nil, err
			}
			continue
		}
		prints = append(prints, print)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return p.job(ctx, f, func(context.Context) iter.Seq2[poster.Sheet, error] {
		return func(yield func(poster.Sheet, error) bool) {
			for _, print := range prints {
				if !print(yield) {
					return
				}
			}
		}
	})
}

func (p *Posters) code(ctx context.Context, a referral.Actor, code referral.Code, copies int, f web.PosterFile) (func(yield func(poster.Sheet, error) bool) bool, error) {
	placement, err := p.Registry.Placement(ctx, a, code)
	if err != nil {
		return nil, err
	}
	if placement.State == referral.PlacementRetired {
		return nil, referral.Errorf(referral.ErrConflict, "error.poster_retired", "code", string(code))
	}
	common, err := p.common(ctx, a, placement.Portal, placement.Campaign, f)
	if err != nil {
		return nil, err
	}
	place, batch := referral.PrintPlace{Code: code, Label: placement.Label, Copies: 1}, referral.PrintBatch{State: referral.BatchPrinted}
	switch found, err := p.Registry.Place(ctx, a, code); {
	case err == nil:
		if batch, err = p.Registry.Batch(ctx, a, found.Batch); err != nil {
			return nil, err
		}
		place = found
	case !errors.Is(err, referral.ErrNotFound):
		return nil, err
	}
	if copies == 0 {
		copies = place.Copies
	}
	if n := place.Serials.Len(); n > 0 && int64(copies) > n {
		return nil, referral.Errorf(referral.ErrConflict, "error.poster_copies", "code", string(code), "copies", strconv.Itoa(copies), "numbers", strconv.FormatInt(n, 10))
	}
	return func(yield func(poster.Sheet, error) bool) bool { return p.copies(common, batch, place, copies, yield) }, nil
}

// OfBatch and OfPlacement are Batch and Codes as the API and the dashboard ask for them.
func (p *Posters) OfBatch(ctx context.Context, a referral.Actor, id string, f web.PosterFile) (web.PosterJob, error) {
	return orNoJob(p.Batch(ctx, a, id, f))
}

// OfPlacement names no field of a code at fault: the code is the address.
func (p *Posters) OfPlacement(ctx context.Context, a referral.Actor, code referral.Code, f web.PosterFile) (web.PosterJob, error) {
	print, err := p.code(ctx, a, code, 0, f)
	if err != nil {
		return nil, err
	}
	return orNoJob(p.job(ctx, f, func(context.Context) iter.Seq2[poster.Sheet, error] {
		return func(yield func(poster.Sheet, error) bool) { print(yield) }
	}))
}

// orNoJob keeps a nil job a nil interface.
func orNoJob(j *PosterJob, err error) (web.PosterJob, error) {
	if err != nil {
		return nil, err
	}
	return j, nil
}

// job looks at every sheet once before it promises a document.
func (p *Posters) job(ctx context.Context, f web.PosterFile, sheets func(context.Context) iter.Seq2[poster.Sheet, error]) (*PosterJob, error) {
	j := &PosterJob{file: f, options: poster.Options{Paper: f.Paper, Bleed: f.Bleed, Language: p.Texts.In(f.Lang).Fixed()}}
	counted := func(yield func(poster.Sheet, error) bool) {
		for s, err := range sheets(ctx) {
			j.Sheets++
			if !yield(s, err) {
				return
			}
		}
	}
	if err := poster.Check(ctx, j.options, counted); err != nil {
		return nil, err
	}
	// The sheets are read again while they are written, when ctx may be over.
	j.sheets = sheets(context.WithoutCancel(ctx))
	return j, nil
}

// common is what all sheets of a portal and campaign say.
func (p *Posters) common(ctx context.Context, a referral.Actor, portalID, campaign string, f web.PosterFile) (s poster.Sheet, err error) {
	portal, err := p.Registry.Portal(ctx, a, portalID)
	if err != nil {
		return s, err
	}
	s.Portal, s.Hotline = portal.Name, p.Hotline
	l := p.Texts.In(f.Lang)
	if province := p.Registry.Provinces().Follow(portal.Province, referral.DayOf(p.Now())); province != nil {
		name := province.NameVi
		if l.Code == "en" {
			name = province.NameEn
		}
		s.Province = l.T("poster.province_"+province.Kind, "name", name)
	}
	if campaign != "" {
		c, err := p.Registry.Campaign(ctx, campaign)
		if err != nil {
			return s, err
		}
		s.Texts = c.Posters
	}
	return s, nil
}

// copies yields the sheets of one place.
func (p *Posters) copies(s poster.Sheet, b referral.PrintBatch, place referral.PrintPlace, copies int, yield func(poster.Sheet, error) bool) bool {
	s.Code, s.ScanURL, s.Place, s.Commune = place.Code, web.NewURLs(p.Base, place.Code).Scan, place.Label, place.Commune
	host := p.Base
	if u, err := url.Parse(p.Base); err == nil {
		host = strings.ToLower(u.Host)
	}
	s.Words, s.VerifyURL = host+"/"+string(place.Code), host+"/kiem-tra/"+string(place.Code)
	s.Draft = b.State == referral.BatchDraft
	for i := range copies {
		if place.Serials.Len() > 0 {
			s.Serial = (place.Serials.From + referral.Serial(i)).String()
		}
		if !yield(s, nil) {
			return false
		}
	}
	return true
}
