package bench

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// pickCores chooses a core for the servers and another for the load from those
// that this process may use.
func pickCores() cores {
	var may unix.CPUSet
	if err := unix.SchedGetaffinity(0, &may); err != nil || may.Count() < 2 {
		return cores{noCore, noCore}
	}
	var list []int
	for core := 0; len(list) < 2; core++ {
		if may.IsSet(core) {
			list = append(list, core)
		}
	}
	return cores{server: list[0], client: list[1]}
}

// pinThread keeps the calling thread, which must be locked, on a core until
// the function that it returns is called. Processes started meanwhile stay
// there, with one core to see.
func pinThread(core int) (undo func()) {
	if core == noCore {
		return func() {}
	}
	var before, only unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return func() {}
	}
	only.Set(core)
	if err := unix.SchedSetaffinity(0, &only); err != nil {
		return func() {}
	}
	return func() { _ = unix.SchedSetaffinity(0, &before) }
}

// pinned calls fn on a thread that stays on a core.
func pinned(core int, fn func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer pinThread(core)()
	return fn()
}

// inMemory reports whether a folder is on a file system without a disk.
func inMemory(dir string) bool {
	var fs unix.Statfs_t
	return unix.Statfs(dir, &fs) == nil && (fs.Type == unix.TMPFS_MAGIC || fs.Type == unix.RAMFS_MAGIC)
}
