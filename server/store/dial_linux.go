package store

import (
	"context"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// silence is how long a database may say nothing, not even that it has heard,
// before its machine counts as gone. The system alone would wait for what was
// sent for a quarter of an hour.
const silence = 10 * time.Second

// dial connects to a database; statements on a connection whose other end is
// gone fail after about silence, however long the database may take for them.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: silence / 2, Interval: silence / 4, Count: 2},
		Control: func(network, address string, c syscall.RawConn) (err error) {
			if refused := c.Control(func(fd uintptr) {
				err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(silence.Milliseconds()))
			}); refused != nil {
				return refused
			}
			return err
		},
	}
	return d.DialContext(ctx, network, address)
}
