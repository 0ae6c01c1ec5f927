package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lensan/server/testkit"
)

// postgres is a PostgreSQL of the test's own, of the machine's version, on a
// free port: one that may be killed.
type postgres struct {
	t      *testing.T
	folder string
	port   string
	owner  *syscall.Credential // nil: whoever runs the test
	flags  []string
	cmd    *exec.Cmd
	made   int
}

// startPostgres makes a database server in a new folder and starts it. It
// returns nil, and says so, where the machine has none.
func startPostgres(t *testing.T) *postgres {
	t.Helper()
	return startPostgresOn(t, "")
}

// startPostgresOn is startPostgres with all that it keeps on a file system of
// its own of some size, "" for none. Its log is of small files then, of which a
// large disk would hold more.
func startPostgresOn(t *testing.T, size string) *postgres {
	t.Helper()
	if postgresProgram("postgres") == "" {
		testkit.LeaveOut(t, "PostgreSQL", "the machine has none under /usr/lib/postgresql")
		return nil
	}
	folder, err := os.MkdirTemp("", "lensan-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	_, port, _ := net.SplitHostPort(testkit.FreeAddress(t))
	p := &postgres{t: t, folder: folder, port: port}
	var small []string
	if size != "" {
		if !smallDisk(t, folder, size) {
			return nil
		}
		small, p.flags = []string{"--wal-segsize=1"}, []string{"-c", "min_wal_size=4MB", "-c", "max_wal_size=16MB"}
	}
	if os.Getuid() == 0 { // as which it refuses to run
		p.owner = credential(t, "postgres")
		if err := os.Chown(folder, int(p.owner.Uid), int(p.owner.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := p.command("initdb", append(small, "-D", p.data(), "-A", "trust", "-U", "lensan", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")...).CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	p.start()
	t.Cleanup(func() { p.kill() })
	return p
}

// postgresProgram returns the path of a program of the newest version that is
// installed, "" if none is.
func postgresProgram(name string) (path string) {
	newest := 0.0
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	for _, file := range found {
		if version, err := strconv.ParseFloat(strings.Split(file, "/")[4], 64); err == nil && version > newest {
			newest, path = version, file
		}
	}
	return path
}

func credential(t *testing.T, name string) *syscall.Credential {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func (p *postgres) data() string { return filepath.Join(p.folder, "data") }

func (p *postgres) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(postgresProgram(name), args...)
	cmd.Dir = p.folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.owner}
	return cmd
}

func (p *postgres) url(database string) string {
	return "postgres://lensan@127.0.0.1:" + p.port + "/" + database + "?sslmode=disable"
}

// start starts it, after a kill too, and returns when it answers.
func (p *postgres) start() {
	p.t.Helper()
	var said bytes.Buffer
	p.cmd = p.command("postgres", append(p.flags, "-D", p.data(), "-p", p.port, "-k", p.folder, "-c", "listen_addresses=127.0.0.1")...)
	p.cmd.Stdout, p.cmd.Stderr = &said, &said
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	eventually(p.t, 2*time.Minute, "PostgreSQL answers", func() error {
		return p.ask("postgres", "SELECT 1")
	})
}

func (p *postgres) ask(database, statement string) error {
	db, err := sql.Open("pgx", p.url(database)+"&connect_timeout=2")
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}

// snapshot has somebody read what the newest database holds now, as a dump does,
// until end is called: meanwhile every update of a row takes room.
func (p *postgres) snapshot() (end func()) {
	p.t.Helper()
	db, err := sql.Open("pgx", p.url(fmt.Sprint("lensan_", p.made)))
	if err != nil {
		p.t.Fatal(err)
	}
	tx, err := db.BeginTx(p.t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err == nil {
		_, err = tx.Exec("SELECT 1")
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return func() {
		_ = tx.Rollback()
		_ = db.Close()
	}
}

// fresh makes a database and returns its URL.
func (p *postgres) fresh() string {
	p.t.Helper()
	p.made++
	name := fmt.Sprint("lensan_", p.made)
	if err := p.ask("postgres", "CREATE DATABASE "+name); err != nil {
		p.t.Fatal(err)
	}
	return p.url(name)
}

// family returns its processes, the first of them first.
func (p *postgres) family() []int {
	parent := p.cmd.Process.Pid
	list := []int{parent}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue // gone meanwhile
		}
		_, rest, _ := strings.Cut(string(raw), ") ") // "12 (name) S 1 …"
		if fields := strings.Fields(rest); len(fields) > 1 && fields[1] == strconv.Itoa(parent) {
			pid, _ := strconv.Atoi(strings.Split(file, "/")[2])
			list = append(list, pid)
		}
	}
	return list
}

// freeze stops all its processes; the first one first, lest it make others.
func (p *postgres) freeze() []int {
	_ = p.cmd.Process.Signal(syscall.SIGSTOP)
	list := p.family()
	for _, pid := range list {
		_ = syscall.Kill(pid, syscall.SIGSTOP)
	}
	return list
}

// thaw lets those go on that freeze stopped.
func (p *postgres) thaw(list []int) {
	for _, pid := range slices.Backward(list) {
		_ = syscall.Kill(pid, syscall.SIGCONT)
	}
}

// kill ends all its processes at once, as a power cut would.
func (p *postgres) kill() {
	if p.cmd.ProcessState != nil {
		return
	}
	list := p.freeze()
	for _, pid := range slices.Backward(list) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	_ = p.cmd.Wait()
	for _, pid := range list[1:] { // until then its memory counts as in use
		for deadline := time.Now().Add(time.Minute); alive(pid) && time.Now().Before(deadline); {
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// stopped reports whether it ended by itself.
func (p *postgres) stopped() bool { return !alive(p.cmd.Process.Pid) }

func alive(pid int) bool {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(raw), ") Z ")
}
