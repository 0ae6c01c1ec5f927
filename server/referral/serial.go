package referral

import (
	"fmt"
	"strings"
)

// Serial is the number of one printed sheet, from 1; no two sheets ever share
// one. People read it with a check digit: "0001 2344".
type Serial int64

// SerialRange holds the serial numbers of sheets printed together, both ends
// included. Its zero value is empty.
type SerialRange struct{ From, To Serial }

// Len counts the numbers.
func (r SerialRange) Len() int64 {
	if r.From == 0 {
		return 0
	}
	return int64(r.To-r.From) + 1
}

// Contains reports whether s is one of the range.
func (r SerialRange) Contains(s Serial) bool { return r.From != 0 && r.From <= s && s <= r.To }

// String returns at least seven digits and a Luhn check digit (ISO/IEC 7812-1
// annex B), in groups of four: more symbols than a code has, so that nobody
// takes one for the other.
func (s Serial) String() string {
	digits := fmt.Sprintf("%07d", int64(s))
	digits += string(luhn(digits))
	first := len(digits) % 4
	groups := []string{}
	if first > 0 {
		groups = append(groups, digits[:first])
	}
	for ; first < len(digits); first += 4 {
		groups = append(groups, digits[first:first+4])
	}
	return strings.Join(groups, " ")
}

// ParseSerial reads what String writes and what people make of it: with or
// without spaces, no-break spaces, dots and dashes, after "Số", "số", "No", "Nº"
// or "№". The error wraps ErrInvalid when too few or too many digits are left
// (8 to 16 are expected) or the check digit does not fit.
func ParseSerial(text string) (Serial, error) {
	text = strings.TrimSpace(text)
	for _, prefix := range []string{"Số", "số", "SỐ", "So", "so", "Nº", "N°", "No", "no", "№"} {
		if rest, cut := strings.CutPrefix(text, prefix); cut {
			text = strings.TrimLeft(rest, ".: ")
			break
		}
	}
	var digits []byte
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, byte(r))
		case r == ' ' || r == '\u00a0' || r == '\u202f' || r == '.' || r == '-' || r == '–':
		default:
			return 0, errSerialShape
		}
	}
	if len(digits) < 8 || len(digits) > 16 {
		return 0, errSerialShape
	}
	body := string(digits[:len(digits)-1])
	if luhn(body) != digits[len(digits)-1] {
		return 0, errSerialCheck
	}
	var n int64
	for i := 0; i < len(body); i++ {
		n = 10*n + int64(body[i]-'0')
	}
	if n == 0 || len(body) > 7 && body[0] == '0' {
		return 0, errSerialShape
	}
	return Serial(n), nil
}

var (
	errSerialShape = Errorf(ErrInvalid, "error.serial_shape")
	errSerialCheck = Errorf(ErrInvalid, "error.serial_check")
)

func luhn(digits string) byte {
	sum, double := 0, true
	for i := len(digits) - 1; i >= 0; i-- {
		d := int(digits[i] - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum, double = sum+d, !double
	}
	return byte('0' + (10-sum%10)%10)
}
