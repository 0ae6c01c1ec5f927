package signon

import (
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"lensan/server/referral"
)

// While the provider says nothing a crowd waits as long as one person would.
func TestBegin_silentProvider(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	s := New(Config{Issuer: "http://" + silent.Addr().String(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	s.client.Timeout = 500 * time.Millisecond
	const crowd = 20
	asked := make(chan struct{}, crowd)
	go func() {
		for {
			conn, err := silent.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			asked <- struct{}{}
		}
	}()
	answers := make(chan error, crowd)
	for range crowd {
		go func() {
			_, _, err := s.Begin(t.Context())
			answers <- err
		}()
	}
	for range crowd {
		if err := <-answers; !errors.Is(err, referral.ErrUnavailable) {
			t.Errorf("%v", err)
		}
	}
	if n := len(asked); n < 1 || n > crowd/4 {
		t.Errorf("the provider was asked %d times, one after the other", n)
	}
}

func FuzzReadKeep(f *testing.F) {
	long := strings.Repeat("a", 43)
	for _, seed := range []string{long + "." + long + "." + long + ".1800000000", "", "...", long + "." + long + "." + long + ".x", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, ok := readKeep(s)
		if !ok {
			return
		}
		again, ok := readKeep(k.String())
		if !ok || again != k {
			t.Errorf("%q becomes %+v, then %+v", s, k, again)
		}
		if len(k.state) < 32 || len(k.nonce) < 32 || len(k.verifier) < 32 || k.begun.Equal(time.Time{}) {
			t.Errorf("%q is taken: %+v", s, k)
		}
	})
}
