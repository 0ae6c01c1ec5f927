package bench

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// A paced load sends what it was asked for, no more, and counts a wait from
// when its request was due.
func TestLoad_paced(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- ServeBare(ctx, fiber.Config{DisableStartupMessage: true, ReadBufferSize: 16 << 10}, address, "https://a.example/")
	}()
	defer func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()
	for c, err := net.Dial("tcp", address); ; c, err = net.Dial("tcp", address) {
		if err == nil {
			c.Close()
			break
		}
		time.Sleep(10 * time.Millisecond)
	}

	const rate = 500
	for deadline := time.Now().Add(time.Minute); ; {
		a, err := Load{Address: address, Path: "/x", Connections: 20, Rate: rate, Duration: time.Second}.Drive(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if a.All > rate || a.P99 < a.P50 {
			t.Fatalf("%+v of %d", a, rate)
		}
		if a.All >= rate*9/10 && a.PerSecond >= rate/2 && a.P50 > 0 {
			return
		}
		if time.Now().After(deadline) { // until then a busy machine may not have come to send all
			t.Fatalf("%+v of %d", a, rate)
		}
	}
}
