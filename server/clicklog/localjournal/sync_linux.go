package localjournal

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncData makes what was written durable. The file has its room already, so
// that no metadata needs to follow.
func syncData(f *os.File) error {
	for {
		if err := unix.Fdatasync(int(f.Fd())); err != unix.EINTR {
			return err
		}
	}
}
