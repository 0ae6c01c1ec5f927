package referral

import (
	"fmt"
	"testing"
)

func TestCodeIndex(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 1000, 10_000} {
		links := make([]Link, n)
		for i := range links {
			links[i].Code = Code(fmt.Sprintf("%06d", i))
		}
		x := indexCodes(links)
		for i := range links {
			if x.find(links, links[i].Code) != &links[i] {
				t.Fatalf("%s of %d is not found", links[i].Code, n)
			}
			if code := Code(fmt.Sprintf("x%05d", i)); x.find(links, code) != nil {
				t.Fatalf("%s of %d is found", code, n)
			}
		}
		if x.find(links, "") != nil {
			t.Error("the empty code is found")
		}
	}
}

func BenchmarkLinks_find(b *testing.B) {
	links := make([]Link, 1_000_000)
	for i := range links {
		links[i].Code = Code(fmt.Sprintf("%06d", i))
	}
	l := Links{links: links, byCode: indexCodes(links)}
	codes := make([]Code, 4096)
	for i := range codes {
		codes[i] = Code(fmt.Sprintf("%06d", i*241))
	}
	i := 0
	for b.Loop() {
		if l.Find(codes[i&4095]) == nil {
			b.Fatal("not found")
		}
		i++
	}
}
