package api

import (
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
)

// serialsView is how people read a range of serial numbers.
type serialsView struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Count int64  `json:"count"`
}

func serials(r referral.SerialRange) *serialsView {
	if r.Len() == 0 {
		return nil
	}
	return &serialsView{r.From.String(), r.To.String(), r.Len()}
}

type batchView struct {
	ID          string              `json:"id"`
	Name        string              `json:"name"`
	Portal      string              `json:"portal"`
	Destination string              `json:"destination"`
	Campaign    *string             `json:"campaign"`
	Paper       referral.Paper      `json:"paper"`
	State       referral.BatchState `json:"state"`
	CreatedBy   string              `json:"created_by"`
	ApprovedBy  *string             `json:"approved_by"`
	ApprovedAt  *time.Time          `json:"approved_at"`
	Serials     *serialsView        `json:"serials"`
	PrintedOn   *referral.Day       `json:"printed_on"`
	Printer     *string             `json:"printer"`
	Quantity    *int                `json:"quantity"`
	CreatedAt   time.Time           `json:"created_at"`
	UpdatedAt   time.Time           `json:"updated_at"`
	Places      *placeCounts        `json:"places,omitempty"`
}

type placeCounts struct {
	Count  int `json:"count"`
	Copies int `json:"copies"`
	Placed int `json:"placed"`
}

func batchRow(b referral.PrintBatch) batchView {
	v := batchView{ID: b.ID, Name: b.Name, Portal: b.Portal, Destination: b.Destination, Campaign: orNull(b.Campaign), Paper: b.Paper, State: b.State,
		CreatedBy: b.CreatedBy, ApprovedBy: orNull(b.ApprovedBy), ApprovedAt: momentOrNull(b.ApprovedAt), Serials: serials(b.Serials),
		PrintedOn: dayOrNull(b.PrintedOn), Printer: orNull(b.Printer), CreatedAt: moment(b.CreatedAt), UpdatedAt: moment(b.UpdatedAt)}
	if b.Quantity > 0 {
		v.Quantity = &b.Quantity
	}
	return v
}

// sendBatch answers with a batch and the sums of its places.
func (a *API) sendBatch(c *call, b referral.PrintBatch, err error) error {
	if err != nil {
		return err
	}
	counts, err := a.d.Registry.BatchCounts(c.ctx, c.actor, b.ID)
	if err != nil {
		return err
	}
	v := batchRow(b)
	v.Places = &placeCounts{counts.Places, counts.Copies, counts.Placed}
	return c.send(200, v)
}

func (a *API) handleBatches(c *call) error {
	q := c.query()
	page := q.page()
	filter := registry.Filter{Portal: q.text("portal"), Campaign: q.text("campaign"),
		State:    q.oneOf("state", "draft", "approved", "printed", "placed", "retired"),
		Province: q.province(a.d.Registry.Provinces(), a.today())}
	if err := q.done(); err != nil {
		return err
	}
	batches, next, err := a.d.Registry.Batches(c.ctx, c.actor, page, filter)
	if err != nil {
		return err
	}
	return sendList(c, batches, next, batchRow)
}

func (a *API) handleBatch(c *call) error {
	b, err := a.d.Registry.Batch(c.ctx, c.actor, c.param("id"))
	return a.sendBatch(c, b, err)
}

func readBatch(o *object) (in registry.BatchInput) {
	o.text("id", &in.ID)
	o.text("name", &in.Name)
	o.text("portal", &in.Portal)
	o.text("destination", &in.Destination)
	o.textOrNull("campaign", &in.Campaign)
	o.text("paper", &in.Paper)
	return in
}

func (a *API) handleBatchCreate(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	in := readBatch(o)
	in.Faults = o.done()
	b, err := a.d.Registry.CreateBatch(c.ctx, c.actor, in)
	if err != nil {
		return err
	}
	v := batchRow(b)
	v.Places = &placeCounts{}
	return c.created("/print-batches/"+b.ID, v)
}

func (a *API) handleBatchUpdate(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	in, reason := readBatch(o), o.reason()
	in.Faults = o.done()
	b, err := a.d.Registry.UpdateBatch(c.ctx, c.actor, c.param("id"), in, reason)
	return a.sendBatch(c, b, err)
}

func (a *API) handleBatchHistory(c *call) error {
	q := c.query()
	page := q.page()
	if err := q.done(); err != nil {
		return err
	}
	changes, next, err := a.d.Registry.History(c.ctx, c.actor, "batch", c.param("id"), page)
	if err != nil {
		return err
	}
	return sendList(c, changes, next, change)
}

func (a *API) handleBatchApprove(c *call) error {
	b, err := a.d.Registry.ApproveBatch(c.ctx, c.actor, c.param("id"))
	return a.sendBatch(c, b, err)
}

func (a *API) handleBatchWithdraw(c *call) error {
	reason, err := c.onlyReason()
	if err != nil {
		return err
	}
	b, err := a.d.Registry.WithdrawBatch(c.ctx, c.actor, c.param("id"), reason)
	return a.sendBatch(c, b, err)
}

func (a *API) handleBatchRetire(c *call) error {
	reason, err := c.onlyReason()
	if err != nil {
		return err
	}
	b, err := a.d.Registry.RetireBatch(c.ctx, c.actor, c.param("id"), reason)
	return a.sendBatch(c, b, err)
}

// onlyReason reads a body that holds why and nothing else.
func (c *call) onlyReason() (string, error) {
	o, err := c.body()
	if err != nil {
		return "", err
	}
	reason := o.reason()
	faults := o.done()
	return reason, faults.Err()
}

func (a *API) handleBatchPrint(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	var in registry.PrintInput
	o.day("printed_on", &in.PrintedOn, false)
	o.text("printer", &in.Printer)
	o.integer("quantity", &in.Quantity)
	in.Faults = o.done()
	b, err := a.d.Registry.PrintBatch(c.ctx, c.actor, c.param("id"), in)
	return a.sendBatch(c, b, err)
}

func (a *API) handleBatchPlace(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	var on *referral.Day
	o.day("on", &on, false)
	if faults := o.done(); faults.Err() != nil {
		return faults.Err()
	}
	b, err := a.d.Registry.PlaceBatch(c.ctx, c.actor, c.param("id"), on)
	return a.sendBatch(c, b, err)
}
