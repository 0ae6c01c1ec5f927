package referral

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// The kinds of failure that the rest of the house tells apart with errors.Is.
// Each maps to one HTTP status in web: 422, 404, 409, 403, 503.
var (
	ErrInvalid     = errors.New("invalid")
	ErrNotFound    = errors.New("not found")
	ErrConflict    = errors.New("conflict")
	ErrForbidden   = errors.New("forbidden")
	ErrUnavailable = errors.New("unavailable")
)

// Error is a failure that a person will read. Key names a text in assets/text
// ("error.province_ended"); Args fill its {placeholders}. Fields is set when
// single inputs are at fault, and then Kind is ErrInvalid or ErrConflict.
type Error struct {
	Kind   error
	Key    string
	Args   Args
	Fields []FieldError
}

// Args fill the {placeholders} of a text.
type Args map[string]string

// FieldError says what is wrong with one input. Field is a JSON pointer
// (RFC 6901) into the body that was sent: "/province", "/hosts/1". Line and
// Column (both from 1) are set for CSV input, Field then names the CSV column.
type FieldError struct {
	Field        string
	Key          string
	Args         Args
	Line, Column int
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(describe(e.Key, e.Args))
	for _, f := range e.Fields {
		b.WriteString("; ")
		if f.Line > 0 {
			fmt.Fprintf(&b, "line %d column %d ", f.Line, f.Column)
		}
		b.WriteString(f.Field + ": " + describe(f.Key, f.Args))
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Kind }

func describe(key string, args Args) string {
	names := make([]string, 0, len(args))
	for name := range args {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		key += fmt.Sprintf(" %s=%q", name, args[name])
	}
	return key
}

// Errorf makes an Error of a kind with a text key and alternating argument
// names and values: Errorf(ErrNotFound, "error.code_unknown", "code", "K7Q2PX").
func Errorf(kind error, key string, nameValue ...string) *Error {
	return &Error{Kind: kind, Key: key, Args: pairs(nameValue)}
}

func pairs(nameValue []string) Args {
	if len(nameValue) == 0 {
		return nil
	}
	args := Args{}
	for i := 0; i+1 < len(nameValue); i += 2 {
		args[nameValue[i]] = nameValue[i+1]
	}
	return args
}

// Faults collects every field at fault, so that they are reported together.
// Of several faults of one field, or of a field and its parts, the first
// stands. Its zero value is ready to use.
type Faults struct{ fields []FieldError }

// Add notes that a field (a JSON pointer) is wrong.
func (f *Faults) Add(field, key string, nameValue ...string) {
	f.add(FieldError{Field: field, Key: key, Args: pairs(nameValue)})
}

func (f *Faults) add(fault FieldError) {
	if !f.Has(fault.Field) {
		f.fields = append(f.fields, fault)
	}
}

// Has reports whether a field, or one that it is part of, is at fault.
func (f *Faults) Has(field string) bool {
	return slices.ContainsFunc(f.fields, func(other FieldError) bool {
		return other.Field == field || strings.HasPrefix(field, other.Field+"/")
	})
}

// Include adds the fields that an *Error names and returns nil; any other
// error it returns as it is.
func (f *Faults) Include(err error) error { return f.IncludeAt("", err) }

// IncludeAt is Include for what is wrong with a part: its fields are below
// pointer.
func (f *Faults) IncludeAt(pointer string, err error) error {
	var named *Error
	if !errors.As(err, &named) || len(named.Fields) == 0 {
		return err
	}
	for _, fault := range named.Fields {
		fault.Field = pointer + fault.Field
		f.add(fault)
	}
	return nil
}

// AddError notes that a field is wrong for the reason that err gives, if err is
// an *Error, and returns nil; any other error it returns as it is.
func (f *Faults) AddError(field string, err error) error {
	var named *Error
	if !errors.As(err, &named) {
		return err
	}
	f.add(FieldError{Field: field, Key: named.Key, Args: named.Args})
	return nil
}

// Err returns nil, or an *Error of kind ErrInvalid with all faults added.
func (f *Faults) Err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return &Error{Kind: ErrInvalid, Key: "error.invalid", Fields: f.fields}
}
