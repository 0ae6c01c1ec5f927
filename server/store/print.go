package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/stats"
)

func scanBatch(r row) (b referral.PrintBatch, err error) {
	var approved, created, updated int64
	var printed sql.NullInt32
	err = r.Scan(&b.Num, &b.ID, &b.Name, &b.Portal, &b.Destination, &b.Campaign, &b.Paper, &b.State, &b.CreatedBy, &b.EditedBy, &b.ApprovedBy, &approved,
		&b.Serials.From, &b.Serials.To, &printed, &b.Printer, &b.Quantity, &created, &updated)
	if b.Destination == "" {
		b.Destination = referral.HubID
	}
	if b.Serials.From < 0 {
		b.Serials = referral.SerialRange{}
	}
	b.PrintedOn = fromOpenDay(printed)
	b.ApprovedAt, b.CreatedAt, b.UpdatedAt = fromMilli(approved), fromMilli(created), fromMilli(updated)
	return b, err
}

func scanPlace(r row) (p referral.PrintPlace, err error) {
	var placed sql.NullInt32
	err = r.Scan(&p.PlacementNum, &p.Code, &p.Batch, &p.Position, &p.Label, &p.Commune, &p.Address, &p.Copies,
		&p.Serials.From, &p.Serials.To, &placed, &p.PlacedBy, &p.State)
	p.PlacedOn = fromOpenDay(placed)
	return p, err
}

func scanPlaceSerials(r row) (p referral.PrintPlace, err error) {
	err = r.Scan(&p.Code, &p.Batch, &p.Serials.From, &p.Serials.To)
	return p, err
}

func (q queries) findBatch(ctx context.Context, from reader, id string) (referral.PrintBatch, error) {
	none := referral.Errorf(referral.ErrNotFound, "error.batch_unknown", "id", id)
	return one(ctx, from, scanBatch, none, q.get("batches")+" WHERE print_batches.id = $1", id)
}

func (q queries) findPlace(ctx context.Context, from reader, code referral.Code) (referral.PrintPlace, error) {
	none := referral.Errorf(referral.ErrNotFound, "error.place_unknown", "code", string(code))
	return one(ctx, from, scanPlace, none, q.get("places")+" WHERE placements.code = $1", string(code))
}

// Batches lists print batches, newest first.
func (s *Store) Batches(ctx context.Context, p registry.Page, f registry.Filter) ([]referral.PrintBatch, string, error) {
	var n narrowing
	n.search(p.Search, "print_batches.search", "portals.search")
	n.provinces("portals.province", f.Provinces)
	if f.Portal != "" {
		n.and("portals.id = ?", f.Portal)
	}
	if f.Campaign != "" {
		n.and("campaigns.id = ?", f.Campaign)
	}
	if f.State != "" {
		n.and("print_batches.state = ?", f.State)
	}
	return listByNum(ctx, s, p, n, s.query.get("batches"), "print_batches.num", scanBatch, func(b referral.PrintBatch) int64 { return b.Num })
}

// FindBatch returns referral.ErrNotFound if there is no such batch.
func (s *Store) FindBatch(ctx context.Context, id string) (referral.PrintBatch, error) {
	return s.query.findBatch(ctx, s.read, id)
}

// BatchCounts sums up the places of a batch that are not retired.
func (s *Store) BatchCounts(ctx context.Context, id string) (c referral.BatchCounts, err error) {
	err = s.read.QueryRowContext(ctx, s.query.get("batch_counts"), id).Scan(&c.Places, &c.Copies, &c.Placed)
	return c, classed(err)
}

// Places lists the places of a batch by position.
func (s *Store) Places(ctx context.Context, batch string, p registry.Page) ([]referral.PrintPlace, string, error) {
	after, err := readCursor(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	var n narrowing
	n.and("print_batches.id = ?", batch)
	n.search(p.Search, "placements.search")
	if p.Cursor != "" {
		position, err := strconv.Atoi(after)
		if err != nil {
			return nil, "", errCursor()
		}
		n.and("print_places.position > ?", position)
	}
	return list(ctx, s, p, s.query.get("places")+n.sql()+" ORDER BY print_places.position", n.args, scanPlace,
		func(p referral.PrintPlace) string { return strconv.Itoa(p.Position) })
}

// FindPlace returns referral.ErrNotFound if the code belongs to no batch.
func (s *Store) FindPlace(ctx context.Context, code referral.Code) (referral.PrintPlace, error) {
	return s.query.findPlace(ctx, s.read, code)
}

// Scans returns how many people scanned each code of a batch, by the number of
// its placement; codes that nobody scanned are not there.
func (s *Store) Scans(ctx context.Context, batch string) (map[int64]stats.Scans, error) {
	scans := map[int64]stats.Scans{}
	err := s.each(ctx, s.query.get("batch_scans"), []any{batch}, func(rows *sql.Rows) error {
		var num int64
		var x stats.Scans
		err := rows.Scan(&num, &x.People, &x.Last)
		scans[num] = x
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("scans of batch %s: %w", batch, err)
	}
	return scans, nil
}

// NeverScanned counts, for each batch that is on paper, the codes that nobody
// has ever scanned; batches without any are not there.
func (s *Store) NeverScanned(ctx context.Context) (map[string]int64, error) {
	counts := map[string]int64{}
	err := s.each(ctx, s.query.get("batches_never_scanned"), nil, func(rows *sql.Rows) error {
		var id string
		var n int64
		err := rows.Scan(&id, &n)
		counts[id] = n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("codes never scanned: %w", err)
	}
	return counts, nil
}

func batchSearch(b *referral.PrintBatch) string { return registry.SearchKey(b.ID, b.Name) }

func (t *registryTx) batchNums(b *referral.PrintBatch) (destination, campaign int64, err error) {
	return t.placementNums(&referral.Placement{Destination: b.Destination, Campaign: b.Campaign})
}

func (t *registryTx) InsertBatch(b *referral.PrintBatch) error {
	portal, err := t.num("portal_num", b.Portal, "error.portal_unknown")
	if err != nil {
		return err
	}
	destination, campaign, err := t.batchNums(b)
	if err != nil {
		return err
	}
	b.Num, err = t.insert("batch_insert", b.ID, b.ID, b.Name, portal, destination, campaign, string(b.Paper), string(b.State), b.CreatedBy, b.EditedBy,
		batchSearch(b), milli(b.CreatedAt), milli(b.UpdatedAt))
	return err
}

func (t *registryTx) UpdateBatch(b *referral.PrintBatch) error {
	destination, campaign, err := t.batchNums(b)
	if err != nil {
		return err
	}
	return t.update("batch_update", referral.Errorf(referral.ErrNotFound, "error.batch_unknown", "id", b.ID),
		b.ID, b.Name, destination, campaign, string(b.Paper), string(b.State), b.EditedBy, b.ApprovedBy, milli(b.ApprovedAt),
		int64(b.Serials.From), int64(b.Serials.To), openDay(b.PrintedOn), b.Printer, b.Quantity, batchSearch(b), milli(b.UpdatedAt))
}

func (t *registryTx) FindBatch(id string) (referral.PrintBatch, error) {
	return t.query.findBatch(t.ctx, t.read, id)
}

func (t *registryTx) Places(batch string) ([]referral.PrintPlace, error) {
	return all(t.ctx, t.read, scanPlace, t.query.get("places")+" WHERE print_batches.id = $1 ORDER BY print_places.position", batch)
}

func (t *registryTx) FindPlace(code referral.Code) (referral.PrintPlace, error) {
	return t.query.findPlace(t.ctx, t.read, code)
}

func (t *registryTx) InsertPlace(p *referral.PrintPlace) error {
	batch, err := t.num("batch_num", p.Batch, "error.batch_unknown")
	if err != nil {
		return err
	}
	st, err := t.statement("place_insert")
	if err != nil {
		return err
	}
	return st.QueryRowContext(t.ctx, p.PlacementNum, batch, p.Commune, p.Address, p.Copies).Scan(&p.Position)
}

func (t *registryTx) UpdatePlace(p *referral.PrintPlace) error {
	return t.update("place_update", referral.Errorf(referral.ErrNotFound, "error.place_unknown", "code", string(p.Code)),
		p.PlacementNum, p.Commune, p.Address, p.Copies, int64(p.Serials.From), int64(p.Serials.To), openDay(p.PlacedOn), p.PlacedBy)
}

func (t *registryTx) TakeSerials(n int64) (referral.SerialRange, error) {
	st, err := t.statement("serials_take")
	if err != nil {
		return referral.SerialRange{}, err
	}
	var next int64
	if err := st.QueryRowContext(t.ctx, n).Scan(&next); err != nil {
		return referral.SerialRange{}, fmt.Errorf("take %d serial numbers: %w", n, err)
	}
	return referral.SerialRange{From: referral.Serial(next - n), To: referral.Serial(next - 1)}, nil
}
