package clicklog

import (
	"encoding/binary"
	"fmt"
	"strconv"
)

// Ticket names a batch for good, so that one which was written twice, or into
// two journals, is counted once. The zero Ticket stands for a batch that was
// written once.
//
// An origin gives its numbers from 1 on, one after the other, and no number
// while that of TicketSpan batches before it may still come to be written for
// the first time.
type Ticket struct {
	Origin string // at most maxOrigin bytes, never used again by another
	Number uint64
}

// TicketSpan is for how many of an origin's newest numbers it is known whether
// they were seen.
const TicketSpan = 64

// maxOrigin bounds the length of an origin in bytes.
const maxOrigin = 64

// ticketMark is the first byte of data that begins with a ticket: mark, length
// of the origin (1 byte), origin, number as uvarint. No record begins so.
const ticketMark = 0xb1

// String returns the origin and the number.
func (t Ticket) String() string { return t.Origin + "-" + strconv.FormatUint(t.Number, 10) }

// AppendTicket appends a ticket to dst, to be followed by a batch's records.
func AppendTicket(dst []byte, t Ticket) []byte {
	dst = append(dst, ticketMark, byte(len(t.Origin)))
	dst = append(dst, t.Origin...)
	return binary.AppendUvarint(dst, t.Number)
}

// CutTicket returns the ticket at the beginning of a batch's data, the zero
// Ticket if there is none, and the records.
func CutTicket(data []byte) (t Ticket, records []byte, err error) {
	if len(data) == 0 || data[0] != ticketMark {
		return t, data, nil
	}
	d := decoder{rest: data[1:]}
	n := int(d.byte())
	if d.fault == "" && (n == 0 || n > maxOrigin || n > len(d.rest)) {
		d.fail("origin of a wrong length")
	}
	if d.fault == "" {
		t.Origin, d.rest = string(d.rest[:n]), d.rest[n:]
		if t.Number = d.uvarint(); d.fault == "" && t.Number == 0 {
			d.fail("number 0")
		}
	}
	if d.fault != "" {
		return Ticket{}, nil, fmt.Errorf("ticket, %s: %w", d.fault, ErrMalformed)
	}
	return t, d.rest, nil
}
