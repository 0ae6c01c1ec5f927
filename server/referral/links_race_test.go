package referral

import (
	"fmt"
	"sync"
	"testing"
)

// Tables are built and put in force while others are read: every reader sees
// one whole table.
func TestLinkTable_readWhileSwapped(t *testing.T) {
	provinces := realProvinces(t)
	var table LinkTable
	build := func(turn int) *Links {
		way := &LinkWay{PortalID: "so", Kind: PlacementQR, Wanted: HubID, Campaign: fmt.Sprint(turn), State: PlacementOpen}
		s := Snapshot{Portals: []Portal{{Num: 1, ID: "so", Name: "Sở", Province: 911}}}
		for i := range 500 {
			s.Placements = append(s.Placements, Link{Num: int64(turn), Code: Code(fmt.Sprintf("%06d", i)), Label: fmt.Sprint(turn), LinkWay: way})
		}
		l, err := BuildLinks(s, provinces, nil)
		if err != nil {
			t.Error(err)
		}
		return l
	}
	table.Swap(build(0))
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			last := int64(0)
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				l := table.Load()
				link := l.Find(Code(fmt.Sprintf("%06d", i%500)))
				if link == nil || link.Num < last || link.Label != fmt.Sprint(link.Num) || link.Campaign != link.Label || link.Portal == nil || l.Find(Code(fmt.Sprintf("x%d", i))) != nil {
					t.Errorf("%+v after %d", link, last)
					return
				}
				last = link.Num
			}
		})
	}
	for turn := range 100 {
		table.Swap(build(turn + 1))
	}
	close(stop)
	readers.Wait()
}

// A code is any bytes to the index; of two links with one code the later is found.
func TestCodeIndex_oddCodes(t *testing.T) {
	codes := []Code{"", "\x00", "\x00\x00", "k7q2px", "K7Q2PX", "\xff\xfe", "chợ", Code(make([]byte, 1<<16)), " K7Q2PX", "K7Q2PX"}
	links := make([]Link, len(codes))
	for i, code := range codes {
		links[i].Code = code
	}
	x := indexCodes(links)
	for i, code := range codes {
		want := i
		if code == "K7Q2PX" {
			want = len(codes) - 1
		}
		if got := x.find(links, code); got != &links[want] {
			t.Errorf("%q: %p, want %p", code, got, &links[want])
		}
	}
	if x.find(links, "K7Q2P") != nil || x.find(links, "\x00\x00\x00") != nil {
		t.Error("what is not there is found")
	}
	for _, empty := range [][]Link{nil, {}} {
		x := indexCodes(empty)
		if x.find(empty, "") != nil || x.find(empty, "K7Q2PX") != nil {
			t.Error("found in nothing")
		}
	}
}
