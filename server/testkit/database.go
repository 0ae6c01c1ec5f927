package testkit

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
)

// Database makes a database in the server of LENSAN_TEST_POSTGRES, which ends
// with the test, and returns its URL; "" where there is no server and need be
// none.
func Database(t testing.TB) string {
	t.Helper()
	server := os.Getenv("LENSAN_TEST_POSTGRES")
	if server == "" {
		LeaveOut(t, "PostgreSQL", "LENSAN_TEST_POSTGRES names no server")
		return ""
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("lensan_%d_%d", os.Getpid(), time.Now().UnixNano())
	if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
