package registry

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"lensan/server/referral"
)

// PortalInput is what a caller sends to create or change a portal; nil fields
// are left as they are (required ones may not be nil on creation). The ID
// cannot be changed after creation. Faults that the caller has found already
// are reported with those found here.
type PortalInput struct {
	ID           *string
	Name         *string
	Province     *string       // GSO code
	ProvinceOn   *referral.Day // the day on which the code was valid; today if nil
	Hosts        *[]string     // kept in lower case, each once
	Pages        *[]string     // paths and addresses, see referral.ParsePage; each once
	ContactEmail *string

	Faults referral.Faults // what is wrong with how the input was written

	mergedInto   *string
	former, kept *referral.ProvinceID
	undoing
}

// DestinationInput likewise. FallbackID "" takes the fallback away. A new URL
// is unconfirmed unless Confirmed comes with it.
type DestinationInput struct {
	ID         *string
	Kind       *string
	NameVi     *string
	NameEn     *string
	URL        *string
	PassParams *[]string
	FallbackID *string
	Confirmed  *bool
	Paused     *bool
	Position   *int

	Faults referral.Faults // what is wrong with how the input was written

	undoing
}

// PlacementInput likewise. Portal and Kind cannot be changed after creation.
// Campaign "" takes the campaign away.
type PlacementInput struct {
	Portal      *string
	Kind        *string
	Destination *string
	Label       *string
	Campaign    *string
	State       *string

	Faults referral.Faults // what is wrong with how the input was written

	undoing
}

// CampaignInput likewise. A Day of NoDay opens that end; Posters replaces all
// texts.
type CampaignInput struct {
	ID      *string
	Name    *string
	From    *referral.Day
	To      *referral.Day
	Posters *referral.PosterTexts

	Faults referral.Faults // what is wrong with how the input was written

	undoing
}

// tidy returns s in NFC, without space at its ends and without characters
// that nobody sees (zero-width space, byte order mark, writing direction),
// which come along when a text is pasted. A no-break space becomes a space.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Zs, r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return norm.NFC.String(strings.TrimSpace(s))
}

// set changes *field if there is an input.
func set[T any](field *T, in *T) {
	if in != nil {
		*field = *in
	}
}

func setText(field *string, in *string) {
	if in != nil {
		*field = tidy(*in)
	}
}

// fixed adds a fault if an input would change what cannot be changed.
func fixed(f *referral.Faults, pointer, now string, in *string) {
	if in != nil && *in != now {
		f.Add(pointer, "error.fixed", "value", now)
	}
}

const maxReason = 500 // characters

func checkReason(f *referral.Faults, reason string) string {
	reason = tidy(reason)
	if len([]rune(reason)) > maxReason {
		f.Add("/reason", "error.too_long", "max", "500")
	} else if strings.IndexFunc(reason, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' }) >= 0 {
		f.Add("/reason", "error.text")
	}
	return reason
}

// tidyHosts returns hosts in lower case without space, in their order.
func tidyHosts(hosts []string) []string {
	out := make([]string, len(hosts))
	for i, host := range hosts {
		out[i] = strings.ToLower(strings.TrimSpace(host))
	}
	return out
}

// tidyPages takes off what stands around pages and what browsers keep to
// themselves; scheme and host become lower case.
func tidyPages(pages []string) []string {
	out := make([]string, len(pages))
	for i, page := range pages {
		page, _, _ = strings.Cut(tidy(page), "#")
		if scheme, rest, full := strings.Cut(page, "://"); full {
			end := strings.IndexAny(rest, "/?")
			if end < 0 {
				end = len(rest)
			}
			page = strings.ToLower(scheme) + "://" + strings.ToLower(rest[:end]) + rest[end:]
		}
		out[i] = page
	}
	return out
}

// distinct returns each text once, in the order of its first.
func distinct(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// takenAt makes a store's ErrConflict the fault of one field.
func takenAt(pointer string, err error) error {
	var taken *referral.Error
	if !errors.As(err, &taken) || !errors.Is(err, referral.ErrConflict) {
		return err
	}
	return &referral.Error{Kind: referral.ErrConflict, Key: "error.invalid",
		Fields: []referral.FieldError{{Field: pointer, Key: taken.Key, Args: taken.Args}}}
}

// orNothing returns the zero value with an error.
func orNothing[T any](item T, err error) (T, error) {
	if err != nil {
		var nothing T
		return nothing, err
	}
	return item, nil
}
