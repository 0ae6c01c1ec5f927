package referral

import (
	"cmp"
	"slices"
)

// LinkPrint is what paper shows of a code that belongs to a print batch.
type LinkPrint struct {
	Batch   *LinkBatch
	Serials SerialRange // of the code's sheets, empty before approval
}

// LinkBatch is a print batch as public pages name it.
type LinkBatch struct {
	ID, Name string
	State    BatchState
}

// sheets says whose a range of serial numbers is.
type sheets struct {
	SerialRange
	code Code
}

func (l *Links) addPrints(s Snapshot) {
	batches := make(map[string]*LinkBatch, len(s.Batches))
	for _, b := range s.Batches {
		batches[b.ID] = &LinkBatch{ID: b.ID, Name: b.Name, State: b.State}
	}
	l.prints = make(map[Code]*LinkPrint, len(s.Places))
	prints := make([]LinkPrint, len(s.Places))
	for i, p := range s.Places {
		if batches[p.Batch] == nil {
			continue
		}
		prints[i] = LinkPrint{Batch: batches[p.Batch], Serials: p.Serials}
		l.prints[p.Code] = &prints[i]
		if p.Serials.Len() > 0 {
			l.sheets = append(l.sheets, sheets{p.Serials, p.Code})
		}
	}
	slices.SortFunc(l.sheets, func(a, b sheets) int { return cmp.Compare(a.From, b.From) })
}

// Print returns what paper shows of a code; nil if it belongs to no batch.
func (l *Links) Print(code Code) *LinkPrint { return l.prints[code] }

// BySerial returns the code on the sheet of a number; false if no sheet has it.
func (l *Links) BySerial(s Serial) (Code, bool) {
	at, found := slices.BinarySearchFunc(l.sheets, s, func(r sheets, s Serial) int { return cmp.Compare(r.From, s) })
	if !found {
		at--
	}
	if at < 0 || !l.sheets[at].Contains(s) {
		return "", false
	}
	return l.sheets[at].code, true
}
