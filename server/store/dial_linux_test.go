package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"golang.org/x/sys/unix"

	"lensan/server/referral"
	"lensan/server/testkit"
)

// hearNothing is a program for sockets that drops every packet, so that the
// other side is not even told that it came.
var hearNothing = unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: 0}

// overRelay opens the test's database by way of a relay whose end gone cuts off
// as if its machine had lost its power.
func overRelay(t *testing.T) (db *sql.DB, gone func()) {
	t.Helper()
	config, err := pgx.ParseConfig(os.Getenv("LENSAN_TEST_POSTGRES"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	there, err := net.Dial("tcp", net.JoinHostPort(config.Host, fmt.Sprint(config.Port)))
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan *net.TCPConn, 1)
	go func() {
		here, err := l.Accept()
		if err != nil {
			return
		}
		accepted <- here.(*net.TCPConn)
		go io.Copy(there, here)
		io.Copy(here, there)
	}()
	config.Host, config.Port, config.DialFunc = "127.0.0.1", uint16(l.Addr().(*net.TCPAddr).Port), dial
	db = stdlib.OpenDB(*config)
	db.SetMaxOpenConns(1)
	if err := db.Ping(); err != nil {
		t.Fatal(err)
	}
	here := <-accepted
	t.Cleanup(func() {
		l.Close()
		here.Close()
		there.Close()
		db.Close()
	})
	return db, func() {
		t.Helper()
		l.Close()
		raw, err := here.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		refused := raw.Control(func(fd uintptr) {
			err = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &hearNothing})
		})
		if err := errors.Join(refused, err); err != nil {
			t.Fatal(err)
		}
	}
}

// A statement ends when the database's machine is gone without a word, whether
// it was on its way or had been heard.
func TestPostgres_gone(t *testing.T) {
	if os.Getenv("LENSAN_TEST_POSTGRES") == "" {
		testkit.LeaveOut(t, "PostgreSQL", "LENSAN_TEST_POSTGRES names no server")
		return
	}
	if !testkit.Full() {
		t.Log("left out: a database whose machine is gone, because that takes 10 s")
		return
	}
	for name, ask := range map[string]func(db *sql.DB, gone func()) error{
		"on its way": func(db *sql.DB, gone func()) error {
			gone()
			_, err := db.ExecContext(context.Background(), "SELECT 1")
			return err
		},
		"heard": func(db *sql.DB, gone func()) error {
			time.AfterFunc(time.Second, gone)
			_, err := db.ExecContext(context.Background(), "SELECT pg_sleep(40)")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, gone := overRelay(t)
			began := time.Now()
			err := ask(db, gone)
			if took := time.Since(began); !errors.Is(classed(err), referral.ErrUnavailable) || took < silence/2 || took > 2*silence {
				t.Errorf("%v after %s", err, took)
			}
		})
	}
}
