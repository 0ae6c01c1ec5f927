package referral

import (
	"hash/maphash"
	"math/bits"
)

// codeIndex finds links by code. It takes some 8 bytes for each, where a map
// takes 50, and holds nothing for the garbage collector to follow.
type codeIndex struct {
	seed  maphash.Seed
	slots []uint32 // one more than the place of a link; 0: empty
}

func indexCodes(links []Link) codeIndex {
	x := codeIndex{maphash.MakeSeed(), make([]uint32, 1<<bits.Len(uint(2*len(links))))} // at most half are taken
	for i := range links {
		*x.slot(links, links[i].Code) = uint32(i + 1)
	}
	return x
}

// slot returns where a code is, or the empty slot where it would be.
func (x *codeIndex) slot(links []Link, code Code) *uint32 {
	mask := uint64(len(x.slots) - 1)
	for at := maphash.String(x.seed, string(code)) & mask; ; at = (at + 1) & mask {
		if n := x.slots[at]; n == 0 || links[n-1].Code == code {
			return &x.slots[at]
		}
	}
}

func (x *codeIndex) find(links []Link, code Code) *Link {
	if n := *x.slot(links, code); n > 0 {
		return &links[n-1]
	}
	return nil
}
