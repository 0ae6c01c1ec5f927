package clicklog

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lensan/server/referral"
)

const phone = "Mozilla/5.0 (Linux; Android 13; SM-A146P) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/119.0.6045.163 Mobile Safari/537.36 Zalo android/12100609 ZaloTheme/light ZaloLanguage/vi"

func sampleClick() referral.Click {
	return referral.Click{Milli: 1_760_000_000_123, Placement: 4711, Portal: 12, Province: 911, Destination: 4,
		Campaign: 3, Channel: referral.ChannelQR, Marks: referral.MarkHead, Visitor: 0xfeedfacecafebeef,
		UserAgent: phone, Referrer: "stttt.angiang.gov.vn"}
}

func clicks() *rapid.Generator[referral.Click] {
	return rapid.Custom(func(t *rapid.T) referral.Click {
		return referral.Click{
			Milli: rapid.Int64().Draw(t, "milli"), Placement: rapid.Int64().Draw(t, "placement"), Portal: rapid.Int64().Draw(t, "portal"),
			Province: referral.ProvinceID(rapid.Int32().Draw(t, "province")), Destination: rapid.Int64().Draw(t, "destination"),
			Campaign: rapid.Int64().Draw(t, "campaign"), Channel: referral.Channel(rapid.Byte().Draw(t, "channel")),
			Marks: referral.Mark(rapid.Byte().Draw(t, "marks")), Visitor: rapid.Uint64().Draw(t, "visitor"),
			UserAgent: string(rapid.SliceOfN(rapid.Byte(), 0, referral.MaxUserAgent).Draw(t, "agent")),
			Referrer:  string(rapid.SliceOfN(rapid.Byte(), 0, referral.MaxReferrer).Draw(t, "referrer")),
		}
	})
}

func readAll(data []byte) ([]referral.Click, error) {
	var out []referral.Click
	r := NewReader(data)
	for c := (referral.Click{}); r.Next(&c); {
		out = append(out, c)
	}
	return out, r.Err()
}

func TestRecords_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(clicks(), 1, 5).Draw(t, "clicks")
		var data []byte
		for i := range want {
			data = AppendRecord(data, &want[i])
		}
		got, err := readAll(data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		cut := rapid.IntRange(1, len(data)-1).Draw(t, "cut")
		got, err = readAll(data[:cut])
		if len(got) >= len(want) || err == nil && len(data[:cut]) != lengthOf(got) {
			t.Fatalf("cut at %d of %d: %d clicks, %v", cut, len(data), len(got), err)
		}
	})
}

func lengthOf(list []referral.Click) int {
	var data []byte
	for i := range list {
		data = AppendRecord(data, &list[i])
	}
	return len(data)
}

func TestAppendRecord_cutsTexts(t *testing.T) {
	c := sampleClick()
	c.UserAgent, c.Referrer = strings.Repeat("u", 10_000), strings.Repeat("r", 10_000)
	got, err := readAll(AppendRecord(nil, &c))
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	if len(got[0].UserAgent) != referral.MaxUserAgent || len(got[0].Referrer) != referral.MaxReferrer {
		t.Errorf("%d and %d bytes", len(got[0].UserAgent), len(got[0].Referrer))
	}
}

func TestReader_malformed(t *testing.T) {
	c := sampleClick()
	whole := AppendRecord(nil, &c)
	small := AppendRecord(nil, &referral.Click{})
	for name, data := range map[string][]byte{
		"unknown version":  append([]byte{2}, whole[1:]...),
		"cut text":         whole[:len(whole)-1],
		"version alone":    whole[:1],
		"rest after it":    append(bytes.Clone(whole), 0xff),
		"long varint":      append([]byte{recordVersion, 0x80, 0x00}, small[2:]...),
		"endless varint":   append([]byte{recordVersion}, bytes.Repeat([]byte{0xff}, 30)...),
		"province too big": append([]byte{recordVersion, 0, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, small[5:]...),
		"text too long":    append(bytes.Clone(small[:len(small)-2]), 0x81, 0x04),
		"text beyond end":  append(bytes.Clone(small[:len(small)-2]), 0x05, 'x'),
		"huge text length": append(bytes.Clone(small[:len(small)-2]), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := readAll(data); !errors.Is(err, ErrMalformed) {
				t.Errorf("%d clicks, error %v", len(got), err)
			}
		})
	}
}

func FuzzReader(f *testing.F) {
	c := sampleClick()
	one := AppendRecord(nil, &c)
	f.Add([]byte(nil))
	f.Add(one)
	f.Add(append(bytes.Clone(one), one...))
	f.Add(AppendRecord(nil, &referral.Click{Milli: -1, Province: -1}))
	f.Add(one[:len(one)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := readAll(data)
		if err != nil && !errors.Is(err, ErrMalformed) {
			t.Fatal(err)
		}
		var again []byte
		for i := range got {
			again = AppendRecord(again, &got[i])
		}
		if !bytes.HasPrefix(data, again) || err == nil && len(again) != len(data) {
			t.Fatalf("%x was read as %d clicks that write %x (%v)", data, len(got), again, err)
		}
	})
}

func BenchmarkAppendRecord(b *testing.B) {
	c := sampleClick()
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendRecord(dst[:0], &c)
	}
	b.SetBytes(int64(len(dst)))
}

func BenchmarkReader(b *testing.B) {
	c := sampleClick()
	var data []byte
	for range 100 {
		data = AppendRecord(data, &c)
	}
	b.ReportAllocs()
	for b.Loop() {
		for r := NewReader(data); r.Next(&c); {
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*100), "ns/click")
}
