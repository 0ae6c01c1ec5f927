package clicklog

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"lensan/server/referral"
)

func TestTicket_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Ticket{rapid.StringMatching(`[A-Z2-7]{1,64}`).Draw(t, "origin"), rapid.Uint64Min(1).Draw(t, "number")}
		data := AppendTicket(nil, want)
		head := len(data)
		c := sampleClick()
		data = AppendRecord(data, &c)
		r := NewReader(data, nil)
		var got referral.Click
		if !r.Next(&got) || r.Next(&got) || r.Err() != nil || r.Ticket() != want || got != c {
			t.Fatalf("%+v, %+v, %v", r.Ticket(), got, r.Err())
		}
		cut := rapid.IntRange(1, head-1).Draw(t, "cut")
		if _, _, err := CutTicket(data[:cut]); !errors.Is(err, ErrMalformed) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	})
}

func TestCutTicket(t *testing.T) {
	c := sampleClick()
	record := AppendRecord(nil, &c)
	if ticket, rest, err := CutTicket(record); ticket != (Ticket{}) || !bytes.Equal(rest, record) || err != nil {
		t.Errorf("without one: %+v, %d bytes, %v", ticket, len(rest), err)
	}
	if ticket, rest, err := CutTicket(nil); ticket != (Ticket{}) || len(rest) != 0 || err != nil {
		t.Errorf("nothing: %+v, %d bytes, %v", ticket, len(rest), err)
	}
	for name, data := range map[string][]byte{
		"no origin":       {ticketMark, 0, 1},
		"long origin":     append([]byte{ticketMark, maxOrigin + 1}, bytes.Repeat([]byte{'a'}, 80)...),
		"number 0":        {ticketMark, 1, 'a', 0},
		"number too long": {ticketMark, 1, 'a', 0x80, 0},
	} {
		if _, _, err := CutTicket(data); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
		if r := NewReader(data, nil); r.Next(&c) || !errors.Is(r.Err(), ErrMalformed) {
			t.Errorf("%s: read, %v", name, r.Err())
		}
	}
}
