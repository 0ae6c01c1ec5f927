package dashboard

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
	"lensan/server/web"
)

// form is a form as the template "dash_form" draws it. What was typed is kept
// when it is shown again with faults, passwords excepted.
type form struct {
	Action, Submit string
	CSRF           string
	Fields         []field
	Hidden         []hidden
	Problem        string       // what happened as a whole, "" if nothing
	Faults         []fieldFault // of all fields, for the summary
	Username       string       // whose password is asked for, so that what keeps passwords knows; "" for none
}

type hidden struct{ Name, Value string }

type fieldFault struct{ ID, Label, Text string }

// field is one input. Key and Hint are text keys; Name is the first part of the
// JSON pointer under which its faults come ("/hosts/2" belongs to "hosts").
type field struct {
	Name, Key, Hint string
	Of              string // tells the ids of two forms on one page apart
	Type            string // of an <input>, or "textarea", "select", "checkbox"; "" is text
	Autocomplete    string
	InputMode       string
	Placeholder     string
	Value           string
	Lang            string // of the value, where it is not the page's
	Options         []option
	Required        bool
	Faults          []string
}

type option struct {
	Value, Label string
	Selected     bool
}

// ID is the element's id.
func (f field) ID() string { return "f-" + f.Of + strings.ReplaceAll(f.Name, "/", "-") }

// DescribedBy names the elements that explain the input, "" if there are none.
func (f field) DescribedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID()+"-hint")
	}
	if len(f.Faults) > 0 {
		ids = append(ids, f.ID()+"-fault")
	}
	return strings.Join(ids, " ")
}

// newForm makes a form and puts in what was typed before.
func newForm(v *visit, action, submitKey string, fields ...field) form {
	f := form{Action: action, Submit: v.l.T(submitKey), CSRF: v.session.CSRF, Fields: fields}
	if f.CSRF == "" {
		f.CSRF = v.formToken()
	}
	for i := range f.Fields {
		x := &f.Fields[i]
		if typed, sent := v.form[x.Name]; sent && x.Type != "password" && len(typed) > 0 {
			x.Value = typed[0]
		} else if x.Type == "checkbox" && len(v.form) > 0 {
			x.Value = ""
		}
		if x.Type == "password" {
			f.Username = v.session.Account.Name
		}
		for j := range x.Options {
			x.Options[j].Selected = x.Options[j].Value == x.Value
		}
	}
	return f
}

// shownBefore begins the names of what a form showed at first.
const shownBefore = "shown/"

// editForm is newForm for what is there already. It tells what it showed at
// first: see changed.
func editForm(v *visit, action, submitKey string, fields ...field) form {
	shown := make([]hidden, len(fields))
	for i, x := range fields {
		shown[i] = hidden{shownBefore + x.Name, x.Value}
		if before := v.typed(shownBefore + x.Name); before != nil {
			shown[i].Value = *before
		}
	}
	f := newForm(v, action, submitKey, fields...)
	f.Hidden = shown
	return f
}

// changed reports whether an input was not left as its form showed it at first.
// One that was is not written: somebody else may have changed it meanwhile.
func (v *visit) changed(name string) bool {
	before := v.typed(shownBefore + name)
	plain := strings.NewReplacer("\r\n", "\n")
	return before == nil || plain.Replace(*before) != plain.Replace(v.form.Get(name))
}

// retyped is typed for an input that was changed, nil for one that was not.
func (v *visit) retyped(name string) *string {
	if !v.changed(name) {
		return nil
	}
	return v.typed(name)
}

// take puts an error that a person can mend beside its fields and sets the
// status; it reports false for any other error.
func (f *form) take(v *visit, err error) bool {
	var e *referral.Error
	if !errors.As(err, &e) || errors.Is(err, referral.ErrUnavailable) {
		return false
	}
	v.c.Status(web.Status(err))
	if errors.Is(err, referral.ErrInvalid) || errors.Is(err, referral.ErrConflict) {
		v.c.Status(fiber.StatusUnprocessableEntity)
	}
	f.Problem = v.l.Args(e.Key, e.Args)
	for _, fault := range e.Fields {
		text := v.l.Args(fault.Key, fault.Args)
		x := f.find(fault.Field)
		if x == nil {
			f.Faults = append(f.Faults, fieldFault{Label: strings.TrimPrefix(fault.Field, "/"), Text: text})
			continue
		}
		x.Faults = append(x.Faults, text)
		f.Faults = append(f.Faults, fieldFault{ID: x.ID(), Label: v.l.T(x.Key), Text: text})
	}
	return true
}

func (f *form) find(pointer string) *field {
	at := strings.TrimPrefix(pointer, "/")
	for i := range f.Fields {
		if name := f.Fields[i].Name; at == name || strings.HasPrefix(at, name+"/") {
			return &f.Fields[i]
		}
	}
	return nil
}
