package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"syscall"
	"time"
)

// noCore stands for not being bound to a core.
const noCore = -1

// cores are where the servers and the load stay.
type cores struct{ server, client int }

func (c cores) bound() bool { return c.server != noCore }

// server is a process under test.
type server struct {
	address string
	cmd     *exec.Cmd
	ended   chan struct{} // closed when it has
	err     error         // why it ended
}

// startWait and stopWait bound the start and the graceful stop of a process.
const (
	startWait = 30 * time.Second
	stopWait  = 15 * time.Second
)

// startServer starts a process on a free port of 127.0.0.1 and returns when it
// takes connections.
func startServer(ctx context.Context, command func(Setup) *exec.Cmd, setup Setup, cores cores) (*server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	setup.Listen = address
	s := &server{address: address, cmd: command(setup), ended: make(chan struct{})}
	s.cmd.SysProcAttr = dieWithParent()
	if err := pinned(cores.server, s.cmd.Start); err != nil {
		return nil, err
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	for start := time.Now(); time.Since(start) < startWait; {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			return s, c.Close()
		}
		if err := s.pause(ctx); err != nil {
			s.stop()
			return nil, err
		}
	}
	s.stop()
	return nil, fmt.Errorf("no answer at %s within %s", address, startWait)
}

// pause waits a moment; it returns an error if the process has ended or ctx does.
func (s *server) pause(ctx context.Context) error {
	select {
	case <-s.ended:
		return fmt.Errorf("process ended: %w", errors.Join(s.err))
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(20 * time.Millisecond):
		return nil
	}
}

func (s *server) pid() int { return s.cmd.Process.Pid }

// stop ends the process. It may be called on a nil server.
func (s *server) stop() {
	if s == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(stopWait):
		_ = s.cmd.Process.Kill()
		<-s.ended
	}
}

// freeAddress returns a port of 127.0.0.1 that is free now.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
