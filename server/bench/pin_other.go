//go:build !linux

package bench

func pickCores() cores { return cores{noCore, noCore} }

func pinned(_ int, fn func() error) error { return fn() }

func inMemory(string) bool { return false }
