package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
)

// Sizes of a body in bytes.
const (
	maxJSON = 1 << 20
	maxCSV  = 10 << 20
)

// object reads the fields of a JSON object one by one and collects every
// fault: a field that is missing leaves its target as it is, one that nobody
// asked for is refused by done.
type object struct {
	pointer string // JSON pointer of the object, "" for the whole body
	raw     map[string]json.RawMessage
	order   []string
	asked   []string
	faults  *referral.Faults
}

// body reads the request's JSON object. What is not one is refused as a whole:
// 413, 415 or, with the place, 400.
func (c *call) body() (*object, error) {
	raw, err := c.rawBody(maxJSON, fiber.MIMEApplicationJSON, "application/merge-patch+json")
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(raw) {
		return nil, withStatus(fiber.StatusBadRequest, "error.json_utf8")
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(raw, new(json.RawMessage)); errors.As(err, &syntax) {
		if syntax.Offset >= int64(len(raw)) && strings.HasPrefix(syntax.Error(), "unexpected end") {
			return nil, withStatus(fiber.StatusBadRequest, "error.json_syntax_end")
		}
		line, column := place(raw, syntax.Offset)
		return nil, withStatus(fiber.StatusBadRequest, "error.json_syntax", "line", line, "column", column)
	}
	o := readObject(raw, "", new(referral.Faults))
	if o == nil {
		return nil, withStatus(fiber.StatusBadRequest, "error.json_object")
	}
	return o, nil
}

// rawBody returns a body of one of some media types that is small enough. It
// is valid until the request is answered.
func (c *call) rawBody(limit int, types ...string) ([]byte, error) {
	if encoding := c.Get(fiber.HeaderContentEncoding); encoding != "" && encoding != "identity" {
		return nil, withStatus(fiber.StatusUnsupportedMediaType, "error.content_encoding")
	}
	media, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	charset, named := params["charset"]
	if err != nil || !slices.Contains(types, media) || named && !strings.EqualFold(charset, "utf-8") {
		return nil, withStatus(fiber.StatusUnsupportedMediaType, "error.content_type", "types", types[0])
	}
	raw := c.Request().Body()
	if len(raw) > limit {
		return nil, withStatus(fiber.StatusRequestEntityTooLarge, "error.body_size", "max", strconv.Itoa(limit>>20))
	}
	return raw, nil
}

// readObject takes valid JSON apart; nil if it is not an object.
func readObject(raw []byte, pointer string, f *referral.Faults) *object {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if first, err := dec.Token(); err != nil || first != json.Delim('{') {
		return nil
	}
	o := &object{pointer: pointer, raw: map[string]json.RawMessage{}, faults: f}
	for dec.More() {
		name, err := dec.Token()
		key, ok := name.(string)
		if err != nil || !ok {
			return nil
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil
		}
		if _, twice := o.raw[key]; twice {
			f.Add(o.at(key), "error.json_twice")
			continue
		}
		o.raw[key] = value
		o.order = append(o.order, key)
	}
	return o
}

// place turns an offset into a line and a column, both from 1.
func place(raw []byte, offset int64) (line, column string) {
	before := raw[:min(max(offset-1, 0), int64(len(raw)))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return strconv.Itoa(bytes.Count(before, []byte("\n")) + 1), strconv.Itoa(utf8.RuneCount(before[start:]) + 1)
}

// at returns the JSON pointer of a field (RFC 6901).
func (o *object) at(name string) string {
	return o.pointer + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// done returns all faults found, unknown fields among them.
func (o *object) done() referral.Faults {
	o.refuseUnknown()
	return *o.faults
}

func (o *object) refuseUnknown() {
	for _, name := range o.order {
		if !slices.Contains(o.asked, name) {
			o.faults.Add(o.at(name), "error.json_unknown")
		}
	}
}

// field decodes a field into a T that is kept in *target. clear is what null
// stands for; without it null is refused.
func field[T any](o *object, name, typ string, target **T, clear ...T) {
	o.asked = append(o.asked, name)
	raw, ok := o.raw[name]
	if !ok {
		return
	}
	if string(raw) == "null" {
		if len(clear) == 0 {
			o.faults.Add(o.at(name), "error.json_null")
			return
		}
		*target = &clear[0]
		return
	}
	v := new(T)
	if err := json.Unmarshal(raw, v); err != nil {
		o.faults.Add(o.at(name), "error.json_type", "type", typ)
		return
	}
	*target = v
}

func (o *object) text(name string, target **string)       { field(o, name, "string", target) }
func (o *object) textOrNull(name string, target **string) { field(o, name, "string", target, "") }
func (o *object) flag(name string, target **bool)         { field(o, name, "boolean", target) }
func (o *object) integer(name string, target **int)       { field(o, name, "integer", target) }

// texts reads an array of strings, naming the elements that are none.
func (o *object) texts(name string, target **[]string) {
	var elements *[]json.RawMessage
	field(o, name, "array", &elements)
	if elements == nil {
		return
	}
	out := make([]string, len(*elements))
	for i, raw := range *elements {
		if string(raw) == "null" || json.Unmarshal(raw, &out[i]) != nil {
			o.faults.Add(o.at(name)+"/"+strconv.Itoa(i), "error.json_type", "type", "string")
		}
	}
	*target = &out
}

// textMap reads an object of strings, naming the fields that are none.
func (o *object) textMap(name string, target **referral.PosterTexts) {
	o.object(name, func(fields *object) {
		out := referral.PosterTexts{}
		for _, key := range fields.order {
			var s *string
			if fields.text(key, &s); s != nil {
				out[key] = *s
			}
		}
		*target = &out
	})
}

// day reads YYYY-MM-DD; null is NoDay where it may be cleared.
func (o *object) day(name string, target **referral.Day, mayClear bool) {
	var s *string
	if mayClear {
		o.textOrNull(name, &s)
	} else {
		o.text(name, &s)
	}
	if s == nil {
		return
	}
	day := referral.NoDay
	if raw := string(o.raw[name]); raw != "null" {
		var err error
		if day, err = referral.ParseDay(*s); err != nil {
			o.faults.Add(o.at(name), "error.day", "value", *s)
			return
		}
	}
	*target = &day
}

// object reads a nested object with fn.
func (o *object) object(name string, fn func(*object)) {
	var raw *json.RawMessage
	field(o, name, "object", &raw)
	if raw == nil {
		return
	}
	nested := readObject(*raw, o.at(name), o.faults)
	if nested == nil {
		o.faults.Add(o.at(name), "error.json_type", "type", "object")
		return
	}
	fn(nested)
	nested.refuseUnknown()
}

// reason reads why a change is made.
func (o *object) reason() string {
	var s *string
	o.text("reason", &s)
	if s == nil {
		return ""
	}
	return *s
}
