package bench

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// Memory is resident memory in bytes, 0 where it cannot be read.
type Memory struct {
	Highest int64 // seen under load, VmRSS
	Peak    int64 // since the process began, VmHWM
}

type memoryWatch struct {
	pid        int
	quit, done chan struct{}
	memory     Memory
}

// watchMemory looks at a process ten times a second until stop is called.
func watchMemory(pid int) *memoryWatch {
	w := &memoryWatch{pid: pid, quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		ticker := time.NewTicker(100 * time.Millisecond)
		defer ticker.Stop()
		for {
			w.look()
			select {
			case <-w.quit:
				return
			case <-ticker.C:
			}
		}
	}()
	return w
}

func (w *memoryWatch) look() {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.pid))
	if err != nil {
		return
	}
	w.memory.Highest = max(w.memory.Highest, statusBytes(status, "VmRSS:"))
	w.memory.Peak = max(w.memory.Peak, statusBytes(status, "VmHWM:"))
}

func (w *memoryWatch) stop() Memory {
	close(w.quit)
	<-w.done
	return w.memory
}

// statusBytes reads a line like "VmRSS:	   7204 kB" of /proc/PID/status.
func statusBytes(status []byte, name string) int64 {
	for line := range bytes.Lines(status) {
		if f := bytes.Fields(line); len(f) == 3 && string(f[0]) == name {
			n, _ := strconv.ParseInt(string(f[1]), 10, 64)
			return n << 10
		}
	}
	return 0
}

// processTime returns the processor time that a process has used, 0 where that
// cannot be read. Linux counts it in hundredths of a second.
func processTime(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The second field is the name in brackets, which may hold anything.
	f := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(string(f[11]), 10, 64)
	system, _ := strconv.ParseInt(string(f[12]), 10, 64)
	return time.Duration(user+system) * time.Second / 100
}
