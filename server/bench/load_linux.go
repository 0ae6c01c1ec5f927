package bench

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// conn is one connection of a load.
type conn struct {
	fd      int
	request []byte
	buf     [4 << 10]byte
	n       int
	sent    time.Time
	waiting bool
}

// drive runs the load on one thread with one epoll: a goroutine a connection
// would be slower than the server under test.
func (l *load) drive(ctx context.Context) (tally, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer pinThread(l.core)()

	d := &driver{load: l, tally: newTally(l.duration), epoll: -1}
	defer d.close()
	if err := d.connect(); err != nil {
		return d.tally, err
	}
	return d.tally, d.run(ctx)
}

type driver struct {
	*load
	tally
	epoll    int
	conns    []*conn
	idle     []*conn   // those that wait for a request to be due, the last used last
	due      time.Time // when the next is
	inFlight int
}

func (d *driver) connect() (err error) {
	address, err := netip.ParseAddrPort(d.address)
	if err != nil {
		return err
	}
	if d.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return fmt.Errorf("epoll: %w", err)
	}
	for i, request := range d.requests {
		fd, err := dial(address)
		if err != nil {
			return fmt.Errorf("connection %d: %w", i+1, err)
		}
		d.conns = append(d.conns, &conn{fd: fd, request: request})
		if err := unix.EpollCtl(d.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(i)}); err != nil {
			return fmt.Errorf("epoll: %w", err)
		}
	}
	return nil
}

func dial(address netip.AddrPort) (int, error) {
	family, to := unix.AF_INET6, unix.Sockaddr(&unix.SockaddrInet6{Port: int(address.Port()), Addr: address.Addr().As16()})
	if address.Addr().Is4() {
		family, to = unix.AF_INET, &unix.SockaddrInet4{Port: int(address.Port()), Addr: address.Addr().As4()}
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	if err = unix.Connect(fd, to); err == nil {
		err = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	}
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		unix.Close(fd)
	}
	return fd, err
}

func (d *driver) close() {
	for _, c := range d.conns {
		unix.Close(c.fd)
	}
	unix.Close(d.epoll)
}

// run sends until the time is up and then waits for what is still to be
// answered, so that both sides agree on how many there were.
func (d *driver) run(ctx context.Context) error {
	start := time.Now()
	from, until := start.Add(d.warm), start.Add(d.warm+d.duration)
	if d.idle, d.due = slices.Clone(d.conns), start; d.gap() == 0 {
		d.idle = nil
		for _, c := range d.conns {
			if err := d.send(c, start); err != nil {
				return err
			}
		}
	}
	last := start
	events := make([]unix.EpollEvent, len(d.conns))
	for d.inFlight > 0 || d.paced(until) {
		n, err := unix.EpollWait(d.epoll, events, d.longest(until))
		now := time.Now()
		switch {
		case err != nil && !errors.Is(err, unix.EINTR):
			return fmt.Errorf("epoll: %w", err)
		case n > 0:
			last = now
		case now.Sub(last) > answerWait:
			return fmt.Errorf("%d requests without an answer for %s", d.inFlight, answerWait)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for i := range max(0, n) {
			if err := d.receive(d.conns[events[i].Fd], from, until); err != nil {
				return err
			}
		}
		if err := d.sendDue(now, until); err != nil {
			return err
		}
	}
	return nil
}

// paced reports whether requests are still to be sent when they are due.
func (d *driver) paced(until time.Time) bool {
	return d.gap() > 0 && d.due.Before(until) && time.Now().Before(until)
}

// longest is how many milliseconds to wait for an answer.
func (d *driver) longest(until time.Time) int {
	if d.paced(until) {
		return 1
	}
	return 100
}

// sendDue sends what is due on connections that are idle, those that were used
// last first, as a proxy in front does. What finds none goes out later, and its
// wait counts from when it was due.
func (d *driver) sendDue(now, until time.Time) error {
	for len(d.idle) > 0 && d.paced(until) && !d.due.After(now) {
		last := len(d.idle) - 1
		c := d.idle[last]
		d.idle = d.idle[:last]
		if err := d.send(c, d.due); err != nil {
			return err
		}
		d.due = d.due.Add(d.gap())
	}
	return nil
}

func (d *driver) receive(c *conn, from, until time.Time) error {
	n, errno := readNow(c.fd, c.buf[c.n:])
	switch {
	case errno == unix.EAGAIN || errno == unix.EINTR:
		return nil
	case errno != 0:
		return fmt.Errorf("receive: %w", errno)
	case n == 0:
		return fmt.Errorf("connection closed by the server: %w", ErrWrongAnswer)
	}
	c.n += n
	length, err := cutAnswer(c.buf[:c.n])
	switch {
	case err != nil:
		return err
	case length == 0 && c.n == len(c.buf):
		return fmt.Errorf("over %d bytes: %w", c.n, ErrWrongAnswer)
	case length == 0:
		return nil
	case length < c.n || !c.waiting:
		return fmt.Errorf("more than one answer to one request: %w", ErrWrongAnswer)
	}
	now := time.Now()
	c.n, c.waiting = 0, false
	d.inFlight--
	d.answered++
	if now.Before(until) {
		if now.After(from) {
			d.measure(now.Sub(from), now.Sub(c.sent))
		}
		if d.gap() == 0 {
			return d.send(c, now)
		}
		d.idle = append(d.idle, c)
	}
	return nil
}

func (d *driver) send(c *conn, due time.Time) error {
	n, errno := writeNow(c.fd, c.request)
	if errno != 0 || n != len(c.request) {
		return fmt.Errorf("send: %d of %d bytes: %w", n, len(c.request), errno)
	}
	c.sent, c.waiting = due, true
	d.inFlight++
	return nil
}

// readNow and writeNow never wait, so the scheduler need not know of them.
func readNow(fd int, p []byte) (int, unix.Errno) {
	n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
	return int(n), errno
}

func writeNow(fd int, p []byte) (int, unix.Errno) {
	n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
	return int(n), errno
}
