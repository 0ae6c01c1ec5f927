package testkit

import (
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
)

// Ports that systems give to nobody who does not ask for them.
const (
	firstPort = 12_000
	lastPort  = 19_999
)

// FreeAddress returns an address of the loopback at which nothing listens, of a
// port that nobody is given by chance: it stays free for what the test starts
// there, and starts again.
func FreeAddress(t testing.TB) string {
	t.Helper()
	var err error
	for range 100 {
		address := fmt.Sprint("127.0.0.1:", firstPort+rand.IntN(lastPort-firstPort+1))
		var l net.Listener
		if l, err = net.Listen("tcp", address); err == nil {
			l.Close()
			return address
		}
	}
	t.Fatal(err)
	return ""
}
