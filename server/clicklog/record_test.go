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
			UserAgent: texts.Draw(t, "agent"), Referrer: texts.Draw(t, "referrer"),
		}
	})
}

// texts are often the same.
var texts = rapid.OneOf(rapid.SampledFrom([]string{"", phone, "a", "b"}),
	rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, referral.MaxReferrer), func(b []byte) string { return string(b) }))

// encode writes clicks as one batch.
func encode(list []referral.Click) (data []byte) {
	var e Encoder
	for i := range list {
		data = e.Append(data, &list[i])
	}
	return data
}

func readAll(data []byte) ([]referral.Click, error) {
	var out []referral.Click
	r := NewReader(data, Texts{})
	for c := (referral.Click{}); r.Next(&c); {
		out = append(out, c)
	}
	return out, r.Err()
}

func TestRecords_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(clicks(), 1, 5).Draw(t, "clicks")
		data := encode(want)
		var whole []byte
		for i := range want {
			whole = AppendRecord(whole, &want[i])
		}
		for _, data := range [][]byte{data, whole} {
			got, err := readAll(data)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatal(diff)
			}
		}
		cut := rapid.IntRange(1, len(data)-1).Draw(t, "cut")
		got, err := readAll(data[:cut])
		if len(got) >= len(want) || err == nil && cut != len(encode(got)) {
			t.Fatalf("cut at %d of %d: %d clicks, %v", cut, len(data), len(got), err)
		}
	})
}

// A text that came before is not written again, in a batch; the next batch
// knows nothing of it.
func TestEncoder_sparesTexts(t *testing.T) {
	var e Encoder
	c := sampleClick()
	first := e.Append(nil, &c)
	second := e.Append(first, &c)[len(first):]
	if len(second) > len(first)-len(phone) || bytes.Contains(second, []byte("Zalo")) {
		t.Errorf("%d bytes, then %d", len(first), len(second))
	}
	e.Reset()
	if again := e.Append(nil, &c); !bytes.Equal(again, first) {
		t.Errorf("%d bytes in the next batch, want %d", len(again), len(first))
	}
}

func TestAppendRecord_cutsTexts(t *testing.T) {
	c := sampleClick()
	c.UserAgent, c.Referrer = strings.Repeat("u", 10_000), strings.Repeat("r", 10_000)
	got, err := readAll(encode([]referral.Click{c}))
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
		"text too long":    append(bytes.Clone(small[:len(small)-2]), 0x82, 0x08),
		"text beyond end":  append(bytes.Clone(small[:len(small)-2]), 0x0a, 'x'),
		"no such text":     append(bytes.Clone(small[:len(small)-2]), 0x01),
		"a later text":     append(bytes.Clone(small[:len(small)-2]), 0x02, 'x', 0x03),
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
	f.Add(encode([]referral.Click{c, c}))
	f.Add(AppendRecord(nil, &referral.Click{Milli: -1, Province: -1}))
	f.Add(one[:len(one)/2])
	f.Add(append(AppendTicket(nil, Ticket{"ORIGIN", 1034}), one...))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := readAll(data)
		if err != nil && !errors.Is(err, ErrMalformed) {
			t.Fatal(err)
		}
		again, err := readAll(encode(got))
		if diff := cmp.Diff(got, again); err != nil || diff != "" {
			t.Fatalf("%x was read as %d clicks that are read again (%v) as %s", data, len(got), err, diff)
		}
	})
}

func BenchmarkEncoder(b *testing.B) {
	c := sampleClick()
	var e Encoder
	dst := e.Append(nil, &c)
	one := len(dst)
	b.ReportAllocs()
	for b.Loop() {
		dst = e.Append(dst[:one], &c)
	}
	b.SetBytes(int64(len(dst) - one))
}

func BenchmarkReader(b *testing.B) {
	c := sampleClick()
	var data []byte
	for range 100 {
		data = AppendRecord(data, &c)
	}
	known := Texts{}
	b.ReportAllocs()
	for b.Loop() {
		for r := NewReader(data, known); r.Next(&c); {
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*100), "ns/click")
}
