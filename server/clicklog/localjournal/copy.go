package localjournal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// copyTries is how often Copy begins anew: a server that trims its journal may
// take segments away from under it.
const copyTries = 5

// Copy copies a journal that another process may have open into a folder that
// does not exist. Every click whose Append returned before the call is in the
// copy, unless Trim has forgotten it by the time Copy returns.
func Copy(from, to string) (err error) {
	for range copyTries {
		if err = copyOnce(from, to); err == nil {
			return nil
		}
		if removeErr := os.RemoveAll(to); removeErr != nil {
			return fmt.Errorf("copy journal: %w", errors.Join(err, removeErr))
		}
	}
	return fmt.Errorf("copy journal: %w", err)
}

func copyOnce(from, to string) error {
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	names, err := files(from, segmentPattern)
	if err != nil {
		return err
	}
	for _, name := range append(names, filepath.Join(from, idFile)) {
		if err := copyFile(name, filepath.Join(to, filepath.Base(name))); err != nil {
			return err
		}
	}
	_, _, err = Inspect(to)
	return err
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}
