package app

import (
	"context"
	"time"

	"lensan/server/config"
	"lensan/server/poster"
	"lensan/server/referral"
	"lensan/server/store"
	"lensan/server/text"
	"lensan/server/web"
	"lensan/server/web/public"
	"lensan/server/wording"
)

// newWording puts the words that the store keeps in force in p's texts. What
// draws words says which have room.
func newWording(ctx context.Context, s *store.Store, p *Posters) (*wording.Wording, error) {
	w := wording.New(s, p.Texts, p.Now,
		wording.Check{Of: []string{"badge.", "public.widget.figure2"}, Fits: public.CheckBadges},
		wording.Check{Of: []string{"snippet.alt"}, Fits: web.CheckWords},
		wording.Check{Of: []string{"poster."}, Fits: p.CheckTexts})
	return w, w.Refresh(ctx)
}

// CheckTexts says whether the words of a language have room on posters of this
// server; see poster.CheckTexts.
func (p *Posters) CheckTexts(l *text.Language) (err error) {
	s := poster.Sheet{Province: "Thành phố Hồ Chí Minh", Portal: "Cổng thông tin điện tử", Hotline: p.Hotline}
	if s.Hotline == "" {
		s.Hotline = "1800 1034" // there may be one later
	}
	place := referral.PrintPlace{Code: "K7Q2PX", Label: "Nhà văn hoá", Commune: "xã Vĩnh Hậu", Serials: referral.SerialRange{From: 1, To: 1}}
	p.copies(s, referral.PrintBatch{}, place, 1, func(s poster.Sheet, _ error) bool {
		err = poster.CheckTexts(l, s)
		return true
	})
	return err
}

// OpenPosters opens the database beside or without a server and returns what
// makes posters of it, in the words that are in force there.
func OpenPosters(ctx context.Context, c config.Config, texts *text.Bundle) (p *Posters, closeStore func() error, err error) {
	s, err := OpenStore(c)
	if err != nil {
		return nil, nil, err
	}
	p = &Posters{Texts: texts, Base: c.Base(), Hotline: c.Hotline, Now: time.Now}
	if p.Registry, err = loadRegistry(ctx, s, new(referral.LinkTable), time.Now); err == nil {
		_, err = newWording(ctx, s, p)
	}
	if err != nil {
		s.Close()
		return nil, nil, err
	}
	return p, s.Close, nil
}
