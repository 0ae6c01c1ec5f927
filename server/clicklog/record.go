package clicklog

import (
	"encoding/binary"
	"errors"
	"fmt"

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
//	user agent  uvarint length, bytes
//	referrer    uvarint length, bytes
//
// Varints are as in encoding/binary, in their shortest form.
const recordVersion = 1

// ErrMalformed is wrapped by Reader.Err when data is not what AppendRecord writes.
var ErrMalformed = errors.New("malformed record")

// AppendRecord appends a click's record to dst and returns the longer slice.
// Texts over referral.MaxUserAgent and referral.MaxReferrer bytes are cut.
func AppendRecord(dst []byte, c *referral.Click) []byte {
	dst = append(dst, recordVersion)
	dst = binary.AppendVarint(dst, c.Milli)
	dst = binary.AppendVarint(dst, c.Placement)
	dst = binary.AppendVarint(dst, c.Portal)
	dst = binary.AppendVarint(dst, int64(c.Province))
	dst = binary.AppendVarint(dst, c.Destination)
	dst = binary.AppendVarint(dst, c.Campaign)
	dst = append(dst, byte(c.Channel), byte(c.Marks))
	dst = binary.LittleEndian.AppendUint64(dst, c.Visitor)
	dst = appendText(dst, c.UserAgent, referral.MaxUserAgent)
	return appendText(dst, c.Referrer, referral.MaxReferrer)
}

func appendText(dst []byte, s string, limit int) []byte {
	s = s[:min(len(s), limit)]
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// Reader reads the records of one Batch.
type Reader struct {
	rest []byte
	read int
	err  error
}

// NewReader returns a Reader at the first record of data.
func NewReader(data []byte) *Reader { return &Reader{rest: data} }

// Next reads the next record into c and reports whether there was one. The
// click's texts do not share memory with the data.
func (r *Reader) Next(c *referral.Click) bool {
	if r.err != nil || len(r.rest) == 0 {
		return false
	}
	d := decoder{rest: r.rest}
	d.click(c)
	if d.fault != "" {
		r.err = fmt.Errorf("record %d, %s: %w", r.read+1, d.fault, ErrMalformed)
		return false
	}
	r.rest = d.rest
	r.read++
	return true
}

// Err returns why Next stopped, nil at the proper end of the data.
func (r *Reader) Err() error { return r.err }

// decoder takes a record apart. After a fault all that it returns is zero.
type decoder struct {
	rest  []byte
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
	n := d.uvarint()
	switch {
	case d.fault != "":
		return
	case n > uint64(limit):
		d.fail("text too long")
		return
	case n > uint64(len(d.rest)):
		d.fail("cut short")
		return
	}
	if b := d.rest[:n]; *s != string(b) { // neighbours are often alike: spare the allocation
		*s = string(b)
	}
	d.rest = d.rest[n:]
}
