package dashboard

import (
	"errors"
	"strconv"

	"lensan/server/referral"
	"lensan/server/stats"
)

// batchData is one print batch: where it stands, what comes next, its places
// and what came of them.
type batchData struct {
	Row         batchRow
	Done        string // what was just done
	Steps       []batchStep
	Counts      placeCounts
	Next        *form // what comes next, if the account may do it
	NextTitle   string
	NextText    string
	Waits       string // why the account may not
	Places      []placeRow
	More        string
	Search      string
	Sums        []measure // never scanned, gone silent, active
	Import      *form
	ImportFault *importFault
	Table       string // the list that was refused, to be mended
	Replace     bool   // and whether it was to replace the places
	Edit        *form
	Retire      *form
	Withdraw    *form
	Papers      []option
	History     []changeRow
	MayPlace    bool
	CSRF        string
}

type batchStep struct {
	Label, Detail string
	Done, Current bool
}

type placeCounts struct{ Places, Copies, Placed int64 }

type placeRow struct {
	Code                    referral.Code
	Label, Commune, Address string
	Copies                  int64
	Serials                 string
	PlacedOn                string
	Retired                 bool
	People                  int64
	LastScan                string
	Fate                    string // "never", "silent", "active"
}

// importFault is why a list was refused.
type importFault struct {
	Text  string
	Lines []importLine
}

type importLine struct {
	Line, Column int
	Field, Text  string
}

func (d *Dashboard) batch(v *visit) error {
	b, err := d.Registry.Batch(v.ctx(), v.actor(), v.param("id"))
	if err != nil {
		return err
	}
	return d.batchPage(v, b, nil)
}

// batchPage shows a batch; refused, if any, is why the form that was sent last
// changed nothing.
func (d *Dashboard) batchPage(v *visit, b referral.PrintBatch, refused error) error {
	names, err := d.destinationNames(v)
	if err != nil {
		return err
	}
	data := batchData{Row: v.batchRow(b, names), Search: v.query.Get("q"), Papers: v.papers(), CSRF: v.session.CSRF,
		MayPlace: v.mayWrite() && b.State.Locked()}
	for i := range data.Papers {
		data.Papers[i].Selected = data.Papers[i].Value == string(b.Paper)
	}
	if portal, err := d.Registry.Portal(v.ctx(), v.actor(), b.Portal); err == nil {
		data.Row.Portal = portal.Name
	}
	if key := "print.done." + v.query.Get("done"); v.query.Get("done") != "" && v.l.Has(key) {
		data.Done = v.l.T(key)
	}
	counts, err := d.Registry.BatchCounts(v.ctx(), v.actor(), b.ID)
	if err != nil {
		return err
	}
	data.Counts = placeCounts{int64(counts.Places), int64(counts.Copies), int64(counts.Placed)}
	data.Steps = v.batchSteps(b, counts)
	if err := d.fillPlaces(v, b, &data); err != nil {
		return err
	}
	if err := d.fillBatchForms(v, b, counts, &data, refused); err != nil {
		return err
	}
	if data.History, err = d.history(v, "batch", b.ID); err != nil {
		return err
	}
	return v.render("dash_batch.html", b.Name, data)
}

// batchSteps is the life of a batch with what is known of each step.
func (v *visit) batchSteps(b referral.PrintBatch, c referral.BatchCounts) (steps []batchStep) {
	reached := map[referral.BatchState]int{referral.BatchDraft: 1, referral.BatchApproved: 2, referral.BatchPrinted: 3, referral.BatchPlaced: 4}[b.State]
	detail := []string{v.l.T("print.step.places", "places", v.l.Number(int64(c.Places)), "copies", v.l.Number(int64(c.Copies))), v.actorName(b.ApprovedBy), "",
		v.l.T("print.step.hung", "placed", v.l.Number(int64(c.Placed)), "places", v.l.Number(int64(c.Places)))}
	if b.PrintedOn != referral.NoDay {
		detail[2] = v.l.Day(b.PrintedOn) + " · " + b.Printer
	}
	for i, s := range batchStates[:4] {
		steps = append(steps, batchStep{Label: v.l.T("print.state." + string(s)), Detail: detail[i], Done: i+1 < reached || b.State == referral.BatchPlaced, Current: i+1 == reached})
	}
	if b.State == referral.BatchRetired {
		steps = append(steps, batchStep{Label: v.l.T("print.state.retired"), Current: true})
	}
	return steps
}

// onPaper reports whether codes of a batch can have been scanned from paper.
func onPaper(b referral.PrintBatch) bool {
	return b.State.Locked() || b.State == referral.BatchRetired && b.PrintedOn != referral.NoDay
}

// serials writes a range of numbers, "" for none.
func serials(r referral.SerialRange) string {
	switch r.Len() {
	case 0:
		return ""
	case 1:
		return r.From.String()
	}
	return r.From.String() + " – " + r.To.String()
}

func (d *Dashboard) fillPlaces(v *visit, b referral.PrintBatch, data *batchData) error {
	page := v.page()
	page.Limit = 100
	list, next, err := d.Registry.Places(v.ctx(), v.actor(), b.ID, page)
	if err != nil {
		return err
	}
	scans, err := d.Stats.Scans(v.ctx(), b.ID)
	if err != nil {
		return err
	}
	data.More = v.nextPage(next)
	for _, p := range list {
		s := scans[p.PlacementNum]
		row := placeRow{Code: p.Code, Label: p.Label, Commune: p.Commune, Address: p.Address, Copies: int64(p.Copies),
			Retired: p.State == referral.PlacementRetired, People: s.People}
		if onPaper(b) {
			row.Fate = s.State(v.today(), stats.SilentAfter)
		}
		row.Serials = serials(p.Serials)
		if p.PlacedOn != referral.NoDay {
			row.PlacedOn = v.l.Day(p.PlacedOn)
		}
		if s.People > 0 {
			row.LastScan = v.l.Day(s.Last)
		}
		data.Places = append(data.Places, row)
	}
	if !onPaper(b) {
		return nil
	}
	silent := int64(0)
	for _, s := range scans {
		if s.State(v.today(), stats.SilentAfter) == "silent" {
			silent++
		}
	}
	scanned := int64(len(scans))
	data.Sums = []measure{
		{Label: v.l.T("print.fate.active"), Value: scanned - silent},
		{Label: v.l.T("print.fate.silent"), Value: silent, Bad: silent > 0},
		{Label: v.l.T("print.fate.never"), Value: max(data.Counts.Places-scanned, 0), Bad: b.State == referral.BatchPlaced && data.Counts.Places > scanned},
	}
	return nil
}

// fillBatchForms offers what the account may do in the batch's state.
func (d *Dashboard) fillBatchForms(v *visit, b referral.PrintBatch, c referral.BatchCounts, data *batchData, refused error) error {
	if !v.mayWrite() || b.State == referral.BatchRetired {
		return nil
	}
	at := batchesPath + "/" + b.ID
	take := func(name string, f form) *form {
		if refused != nil && v.form.Get("form") == name {
			f.take(v, refused)
		}
		f.Hidden = append(f.Hidden, hidden{"form", name})
		return &f
	}
	reason := field{Name: "reason", Key: "dashboard.form.reason", Required: true}
	switch b.State {
	case referral.BatchDraft:
		data.Import = take("import", newForm(v, at+"/noi-dat", "print.import_submit"))
		data.ImportFault, data.Table, data.Replace = v.importFault(refused), v.form.Get("table"), v.form.Get("replace") != ""
		data.NextTitle, data.NextText = v.l.T("print.approve_title"), v.l.T("print.approve_text")
		switch me := v.actor().String(); {
		case c.Places == 0:
			data.Waits = v.l.T("print.approve_empty")
		case me == b.CreatedBy || me == b.EditedBy:
			data.Waits = v.l.T("print.approve_other")
		default:
			data.Next = take("approve", newForm(v, at+"/duyet", "print.approve"))
		}
	case referral.BatchApproved:
		data.NextTitle, data.NextText = v.l.T("print.printed_title"), v.l.T("print.printed_text")
		data.Next = take("print", newForm(v, at+"/da-in", "print.printed",
			field{Name: "printer", Key: "print.printer", Required: true, Placeholder: v.l.T("print.printer_example")},
			field{Name: "printed_on", Key: "print.printed_on", Type: "date", Required: true, Value: v.today().String()},
			field{Name: "quantity", Key: "print.quantity", InputMode: "numeric", Required: true, Value: strconv.FormatInt(b.Serials.Len(), 10)}))
		data.Withdraw = take("withdraw", newForm(v, at+"/rut-ve", "print.withdraw", reason))
	case referral.BatchPrinted:
		data.NextTitle, data.NextText = v.l.T("print.placed_title"), v.l.T("print.placed_text")
		data.Next = take("place", newForm(v, at+"/da-treo", "print.placed",
			field{Name: "on", Key: "print.placed_on", Type: "date", Required: true, Value: v.today().String()}))
	}
	if b.State == referral.BatchDraft || b.State.Locked() {
		fields, err := d.batchFields(v, b)
		if err != nil {
			return err
		}
		if b.State.Locked() {
			fields = append(fields[:2], field{Name: "reason", Key: "dashboard.form.reason", Hint: "dashboard.placement.reason_hint"})
		}
		fields = append([]field{{Name: "name", Key: "print.name", Required: true, Value: b.Name}}, fields...)
		data.Edit = take("edit", editForm(v, at+"#sua", "dashboard.form.save", fields...))
	}
	data.Retire = take("retire", newForm(v, at+"/thu-hoi", "print.retire", reason))
	return nil
}

// importFault lists the faults of a list that was refused, nil if none was.
func (v *visit) importFault(err error) *importFault {
	var e *referral.Error
	if v.form.Get("form") != "import" || !errors.As(err, &e) {
		return nil
	}
	out := &importFault{Text: v.l.Args(e.Key, e.Args)}
	for _, f := range e.Fields {
		out.Lines = append(out.Lines, importLine{f.Line, f.Column, f.Field, v.l.Args(f.Key, f.Args)})
	}
	return out
}
