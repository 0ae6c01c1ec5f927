package localjournal

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"lensan/server/clicklog"
)

// TestMain lets a test start this program again as one that appends until it
// is killed, and says each number that it was given.
func TestMain(m *testing.M) {
	path := os.Getenv("LENSAN_TEST_APPEND_TO")
	if path == "" {
		os.Exit(m.Run())
	}
	j, err := Open(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	data := clicklog.AppendRecord(nil, &sample)
	for i := uint64(1); ; i++ {
		seq, err := j.Append(context.Background(), data, 1)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(seq)
		if i%20 == 0 {
			if err := j.Trim(context.Background(), seq-10); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}
}

// After kill -9 every number that was given is held or was trimmed, once.
func TestJournal_killed(t *testing.T) {
	path := newPath(t)
	mustOpen(t, path).Close()
	var before uint64
	for round := range 8 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "LENSAN_TEST_APPEND_TO="+path)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		var told uint64
		for lines.Scan() {
			if told, err = strconv.ParseUint(lines.Text(), 10, 64); err != nil {
				t.Fatal(err)
			}
			if told == before+1 {
				time.AfterFunc(time.Duration(3+7*round)*time.Millisecond, func() { child.Process.Kill() })
			}
		}
		child.Wait()
		if told <= before {
			t.Fatalf("round %d: number %d after %d", round, told, before)
		}
		j := mustOpen(t, path)
		last, err := j.Last(t.Context())
		if err != nil || last < told || last > told+1 {
			t.Fatalf("round %d: %d was told, %d is the last (%v)", round, told, last, err)
		}
		held := mustRead(t, j, 0, 1000)
		for i, b := range held {
			if b.Seq != held[0].Seq+uint64(i) {
				t.Fatalf("round %d: %d follows %d", round, b.Seq, held[0].Seq+uint64(i)-1)
			}
		}
		if n := len(held); n < int(min(10, last)) || held[n-1].Seq != last {
			t.Fatalf("round %d: %d held, the last of %d", round, n, last)
		}
		j.Close()
		before = last
	}
}
