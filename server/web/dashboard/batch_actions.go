package dashboard

import (
	"errors"
	"strings"

	"lensan/server/referral"
	"lensan/server/registry"
)

// batchAction is a form of the page: what it does, and what is said when it is done.
func (d *Dashboard) batchAction(done string, act func(v *visit, id string) error) handler {
	return func(v *visit) error {
		id := v.param("id")
		err := act(v, id)
		if err == nil {
			return v.goTo(batchesPath+"/"+id, "done", done)
		}
		b, findErr := d.Registry.Batch(v.ctx(), v.actor(), id)
		var e *referral.Error
		if findErr != nil || !errors.As(err, &e) || !v.mayWrite() || errors.Is(err, referral.ErrUnavailable) {
			return err
		}
		if v.form.Get("form") == "" || errors.Is(err, referral.ErrForbidden) || errors.Is(err, referral.ErrNotFound) {
			return err
		}
		v.c.Status(422)
		return d.batchPage(v, b, err)
	}
}

func (d *Dashboard) updateBatch(v *visit, id string) error {
	_, err := d.Registry.UpdateBatch(v.ctx(), v.actor(), id, v.batchInput(), v.form.Get("reason"))
	return err
}

func (d *Dashboard) approveBatch(v *visit, id string) error {
	_, err := d.Registry.ApproveBatch(v.ctx(), v.actor(), id)
	return err
}

func (d *Dashboard) withdrawBatch(v *visit, id string) error {
	_, err := d.Registry.WithdrawBatch(v.ctx(), v.actor(), id, v.form.Get("reason"))
	return err
}

func (d *Dashboard) retireBatch(v *visit, id string) error {
	_, err := d.Registry.RetireBatch(v.ctx(), v.actor(), id, v.form.Get("reason"))
	return err
}

func (d *Dashboard) printBatch(v *visit, id string) error {
	in := registry.PrintInput{Printer: v.typed("printer")}
	in.PrintedOn = v.day("printed_on", &in.Faults)
	n, err := registry.WholeNumber(strings.TrimSpace(v.form.Get("quantity")))
	if err != nil {
		in.Faults.Add("/quantity", "error.whole_number", "value", v.form.Get("quantity"))
	} else {
		in.Quantity = &n
	}
	_, err = d.Registry.PrintBatch(v.ctx(), v.actor(), id, in)
	return err
}

func (d *Dashboard) placeBatch(v *visit, id string) error {
	var f referral.Faults
	on := v.day("on", &f)
	if err := f.Err(); err != nil {
		return err
	}
	_, err := d.Registry.PlaceBatch(v.ctx(), v.actor(), id, on)
	return err
}

// placePlace notes that the posters of one place hang today, or takes it back.
func (d *Dashboard) placePlace(v *visit, id string) error {
	code, err := v.code()
	if err != nil {
		return err
	}
	day := v.today()
	if v.form.Get("undo") != "" {
		day = referral.NoDay
	}
	_, err = d.Registry.PlacePlace(v.ctx(), v.actor(), id, code, registry.PlacedInput{On: &day})
	return err
}

func (d *Dashboard) importPlaces(v *visit, id string) error {
	if file, err := v.file("file"); err != nil {
		return err
	} else if len(file) > 0 {
		v.form.Set("table", string(file))
	}
	_, err := d.Registry.ImportPlaces(v.ctx(), v.actor(), id, strings.NewReader(v.form.Get("table")), v.form.Get("replace") == "1")
	return err
}

// day reads a day that a date input sent.
func (v *visit) day(name string, f *referral.Faults) *referral.Day {
	day, err := referral.ParseDay(v.form.Get(name))
	if err != nil {
		f.Add("/"+name, "error.day", "value", v.form.Get(name))
		return nil
	}
	return &day
}
