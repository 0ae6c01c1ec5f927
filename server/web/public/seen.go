package public

import (
	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
)

// maxSeenBody is the size in bytes of what one page may report.
const maxSeenBody = 4 << 10

// seenHandler answers POST /v1/seen, {"p":[["K7Q2PX",1]]}: 204 for a
// well-formed report, whatever codes it holds, 413 for one that is too long and
// 400 for anything else, of which nothing is counted but that it came.
func seenHandler(d Deps) fiber.Handler {
	ownHost := hostOf(d.Base)
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderCacheControl, "no-store")
		c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
		body := c.Context().Request.Body()
		if len(body) > maxSeenBody {
			d.Malformed()
			return c.SendStatus(fiber.StatusRequestEntityTooLarge)
		}
		seen, ok := parseSeen(body)
		if !ok {
			d.Malformed()
			return c.SendStatus(fiber.StatusBadRequest)
		}
		links := d.Links.Load()
		if host, own := pageHost(c, ownHost); links != nil && !own {
			day := referral.DayOf(d.Now())
			for _, s := range seen {
				if link := links.Find(s.code); link != nil {
					d.Views.Add(link, day, host, s.times, 0)
				}
			}
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}

// sighting is one pair of a report.
type sighting struct {
	code  referral.Code // "" if it is none
	times int64
}

const (
	maxSightings = 200 // on one page, of all codes
	maxTimes     = 100 // of one code in one pair
)

// parseSeen reads {"p":[["CODE",n],…]} with JSON's white space anywhere, and
// nothing else: no other key, no escape, n a number from 1 to maxTimes without
// sign, fraction or leading zero, and all n together at most maxSightings.
func parseSeen(body []byte) (seen []sighting, ok bool) {
	s := scanner{rest: body}
	if !(s.byte('{') && s.text() == "p" && s.byte(':') && s.byte('[')) {
		return nil, false
	}
	var total int64
	for !s.byte(']') {
		if len(seen) > 0 && !s.byte(',') || !s.byte('[') {
			return nil, false
		}
		code, _ := referral.ParseCode(s.text())
		if !s.byte(',') {
			return nil, false
		}
		times := s.number()
		if total += times; !s.byte(']') || total > maxSightings {
			return nil, false
		}
		seen = append(seen, sighting{code, times})
	}
	return seen, s.byte('}') && s.end() && !s.failed
}

// scanner takes tokens off the front of a text. After a failure it stays failed.
type scanner struct {
	rest   []byte
	failed bool
}

func (s *scanner) space() {
	for len(s.rest) > 0 {
		switch s.rest[0] {
		case ' ', '\t', '\r', '\n':
			s.rest = s.rest[1:]
		default:
			return
		}
	}
}

// byte takes b if it comes next.
func (s *scanner) byte(b byte) bool {
	s.space()
	if len(s.rest) == 0 || s.rest[0] != b {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// text takes a string of printable ASCII without escapes.
func (s *scanner) text() string {
	if !s.byte('"') {
		s.failed = true
		return ""
	}
	for i, b := range s.rest {
		switch {
		case b == '"':
			t := string(s.rest[:i])
			s.rest = s.rest[i+1:]
			return t
		case b < ' ' || b > '~' || b == '\\':
			s.failed = true
			return ""
		}
	}
	s.failed = true
	return ""
}

func (s *scanner) number() (n int64) {
	s.space()
	digits := 0
	for ; digits < len(s.rest) && s.rest[digits] >= '0' && s.rest[digits] <= '9' && n <= maxTimes; digits++ {
		n = n*10 + int64(s.rest[digits]-'0')
	}
	if n < 1 || n > maxTimes || s.rest[0] == '0' {
		s.failed = true
		return 0
	}
	s.rest = s.rest[digits:]
	return n
}

func (s *scanner) end() bool { s.space(); return len(s.rest) == 0 }
