package clicklog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"

	"lensan/server/referral"
)

// recordVersion is the first byte of every record. A record is
//
//	version     1 byte
//	milli, placement, portal, province, destination, campaign
//	            zigzag varints
//	channel     1 byte
//	marks       1 byte
//	visitor     8 bytes, little endian
//	user agent  text
//	referrer    text
//
// A text is an uvarint 2×length and its bytes, or an uvarint 2×k+1 that stands
// for the k-th text with bytes in this batch, counted from 0: most clicks of a
// moment come from a few kinds of phone. Varints are as in encoding/binary, in
// their shortest form.
const recordVersion = 1

// ErrMalformed is wrapped by Reader.Err when data is not what an Encoder writes.
var ErrMalformed = errors.New("malformed record")

// Encoder writes the records of one batch. Its zero value is ready for one.
type Encoder struct {
	seed  maphash.Seed
	known map[uint64]text // by hash
	n     uint64
}

// text is a text with bytes that stands in the data.
type text struct {
	k        uint64
	from, to int
}

// Reset makes the encoder ready for another batch.
func (e *Encoder) Reset() {
	clear(e.known)
	e.n = 0
}

// Append appends a click's record to dst, the batch's records so far, and
// returns the longer slice. Texts over referral.MaxUserAgent and
// referral.MaxReferrer bytes are cut.
func (e *Encoder) Append(dst []byte, c *referral.Click) []byte {
	if e.known == nil {
		e.seed, e.known = maphash.MakeSeed(), map[uint64]text{}
	}
	dst = appendFixed(dst, c)
	dst = e.appendText(dst, c.UserAgent, referral.MaxUserAgent)
	return e.appendText(dst, c.Referrer, referral.MaxReferrer)
}

func (e *Encoder) appendText(dst []byte, s string, limit int) []byte {
	if s = s[:min(len(s), limit)]; s == "" {
		return append(dst, 0)
	}
	hash := maphash.String(e.seed, s)
	known, found := e.known[hash]
	if found && string(dst[known.from:known.to]) == s {
		return binary.AppendUvarint(dst, known.k<<1|1)
	}
	dst = appendText(dst, s)
	if !found {
		e.known[hash] = text{e.n, len(dst) - len(s), len(dst)}
	}
	e.n++
	return dst
}

// AppendRecord appends a click's record whole, without standing for its texts
// with earlier ones. Its records may be read as one batch, too.
func AppendRecord(dst []byte, c *referral.Click) []byte {
	dst = appendFixed(dst, c)
	dst = appendText(dst, c.UserAgent[:min(len(c.UserAgent), referral.MaxUserAgent)])
	return appendText(dst, c.Referrer[:min(len(c.Referrer), referral.MaxReferrer)])
}

func appendFixed(dst []byte, c *referral.Click) []byte {
	dst = append(dst, recordVersion)
	dst = binary.AppendVarint(dst, c.Milli)
	dst = binary.AppendVarint(dst, c.Placement)
	dst = binary.AppendVarint(dst, c.Portal)
	dst = binary.AppendVarint(dst, int64(c.Province))
	dst = binary.AppendVarint(dst, c.Destination)
	dst = binary.AppendVarint(dst, c.Campaign)
	dst = append(dst, byte(c.Channel), byte(c.Marks))
	return binary.LittleEndian.AppendUint64(dst, c.Visitor)
}

func appendText(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s))<<1)
	return append(dst, s...)
}

// Reader reads the records of one Batch.
type Reader struct {
	rest  []byte
	texts []string
	known Texts
	read  int
	err   error

	ticket Ticket
}

// Texts are texts that were read before: a Reader that is given them spares
// the memory of those that come again in another batch.
type Texts map[string]string

// maxTexts bounds Texts; when they are as many they are forgotten.
const maxTexts = 4096

func (t Texts) of(b []byte) string {
	if t == nil {
		return string(b)
	}
	s, ok := t[string(b)]
	if !ok {
		if len(t) >= maxTexts {
			clear(t)
		}
		s = string(b)
		t[s] = s
	}
	return s
}

// NewReader returns a Reader at the first record of data. known may be nil.
func NewReader(data []byte, known Texts) *Reader {
	r := &Reader{known: known}
	r.ticket, r.rest, r.err = CutTicket(data)
	return r
}

// Ticket returns the batch's ticket, the zero Ticket if it has none.
func (r *Reader) Ticket() Ticket { return r.ticket }

// Next reads the next record into c and reports whether there was one. The
// click's texts do not share memory with the data.
func (r *Reader) Next(c *referral.Click) bool {
	if r.err != nil || len(r.rest) == 0 {
		return false
	}
	d := decoder{rest: r.rest, texts: r.texts, known: r.known}
	d.click(c)
	if d.fault != "" {
		r.err = fmt.Errorf("record %d, %s: %w", r.read+1, d.fault, ErrMalformed)
		return false
	}
	r.rest, r.texts = d.rest, d.texts
	r.read++
	return true
}

// Err returns why Next stopped, nil at the proper end of the data.
func (r *Reader) Err() error { return r.err }

// decoder takes a record apart. After a fault all that it returns is zero.
type decoder struct {
	rest  []byte
	texts []string
	known Texts
	fault string
}

func (d *decoder) click(c *referral.Click) {
	if version := d.byte(); d.fault == "" && version != recordVersion {
		d.fail("unknown version")
	}
	c.Milli = d.varint()
	c.Placement = d.varint()
	c.Portal = d.varint()
	province := d.varint()
	c.Province = referral.ProvinceID(province)
	if int64(c.Province) != province {
		d.fail("province out of range")
	}
	c.Destination = d.varint()
	c.Campaign = d.varint()
	c.Channel = referral.Channel(d.byte())
	c.Marks = referral.Mark(d.byte())
	c.Visitor = d.fixed64()
	d.text(&c.UserAgent, referral.MaxUserAgent)
	d.text(&c.Referrer, referral.MaxReferrer)
}

func (d *decoder) fail(fault string) {
	if d.fault == "" {
		d.fault = fault
	}
	d.rest = nil
}

func (d *decoder) byte() byte {
	if len(d.rest) == 0 {
		d.fail("cut short")
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

func (d *decoder) fixed64() uint64 {
	if len(d.rest) < 8 {
		d.fail("cut short")
		return 0
	}
	v := binary.LittleEndian.Uint64(d.rest)
	d.rest = d.rest[8:]
	return v
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	switch {
	case n == 0:
		d.fail("cut short")
		return 0
	case n < 0:
		d.fail("number out of range")
		return 0
	case n > 1 && d.rest[n-1] == 0:
		d.fail("number not in its shortest form")
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

func (d *decoder) varint() int64 {
	u := d.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

func (d *decoder) text(s *string, limit int) {
	head := d.uvarint()
	n := head >> 1
	switch {
	case d.fault != "":
		return
	case head&1 == 1:
		d.earlier(s, n, limit)
		return
	case n > uint64(limit):
		d.fail("text too long")
		return
	case n > uint64(len(d.rest)):
		d.fail("cut short")
		return
	case n == 0:
		*s = ""
		return
	}
	*s = d.known.of(d.rest[:n])
	d.texts = append(d.texts, *s)
	d.rest = d.rest[n:]
}

func (d *decoder) earlier(s *string, k uint64, limit int) {
	if k >= uint64(len(d.texts)) || len(d.texts[k]) > limit {
		d.fail("no such text")
		return
	}
	*s = d.texts[k]
}
