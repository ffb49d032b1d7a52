package atomicfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
)

// Check tells whether [Folder.Write] could write a file, as far as that can be
// known before: nothing else than a file is in its place, and a file can be made
// where it, or the folders above it, would be. It leaves nothing behind.
func (f *Folder) Check(name string) error {
	if !filepath.IsLocal(name) {
		return fmt.Errorf("write file %q: path leads out of the folder", name)
	}
	info, err := f.root.Lstat(name)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("write file %s: %w", f.Path(name), ErrNotRegular)
	case err != nil && errors.Is(outside(err), ErrOutside):
		return fmt.Errorf("write file %s: %w", f.Path(name), outside(err))
	}
	dir := path.Dir(name)
	for {
		info, err := f.root.Stat(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist) && dir != ".":
			if _, linked := f.root.Lstat(dir); linked == nil {
				return fmt.Errorf("write file %s: %s: %w", f.Path(name), dir, ErrNotRegular) // a link to nothing
			}
			dir = path.Dir(dir)
			continue
		case err != nil:
			return fmt.Errorf("write file %s: %w", f.Path(name), outside(err))
		case !info.IsDir():
			return fmt.Errorf("write file %s: %s is no folder", f.Path(name), f.Path(dir))
		}
		return f.try(dir)
	}
}

// try makes and removes a file.
func (f *Folder) try(dir string) error {
	name := path.Join(dir, ".try"+tempMark+strconv.Itoa(os.Getpid())+"-"+rand.Text()[:8])
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write into %s: %w", f.Path(dir), err)
	}
	return errors.Join(file.Close(), f.root.Remove(name))
}
