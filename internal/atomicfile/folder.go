// Package atomicfile writes files so that a reader finds either the old content
// or the new one, whatever happens meanwhile.
//
// Invariants. A file is written beside its target under a name that did not
// exist, synced, renamed over it, and the folder is synced. Nothing outside the
// [Folder] is read or written: links that lead out of it are refused, and a
// target that is a link is never written through. When root works in somebody
// else's folder (sudo), what it makes belongs to the folder's owner.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"syscall"
)

// Errors that callers branch on.
var (
	// ErrForeign means that a file is there which the caller did not write.
	ErrForeign = errors.New("not written by batten")
	// ErrNotRegular means that a link, folder or device is where a file should be.
	ErrNotRegular = errors.New("not a regular file")
	// ErrOutside means that a link on the way leads out of the folder.
	ErrOutside = errors.New("a link leads out of the project")
	// ErrTooLarge means that a file is larger than the reader takes.
	ErrTooLarge = errors.New("file too large")
)

// Folder is the part of the file system that may be touched. Its methods take
// names relative to it, with slashes; they may be called from several goroutines.
type Folder struct {
	root     *os.Root
	path     string
	uid, gid int // owner of what is made; -1 keeps the process's own
}

// Open opens a folder that exists. The caller closes it.
func Open(dir string) (*Folder, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open folder %s: %w", dir, err)
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	f := &Folder{root: root, path: abs, uid: -1, gid: -1}
	if info, err := root.Stat("."); err == nil && os.Geteuid() == 0 {
		if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Uid != 0 {
			f.uid, f.gid = int(st.Uid), int(st.Gid)
		}
	}
	return f, nil
}

// Close lets go of the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Path is the absolute path of a name in the folder, for messages.
func (f *Folder) Path(name string) string { return filepath.Join(f.path, filepath.FromSlash(name)) }

// Read returns a file's content, at most limit bytes of it; more is
// [ErrTooLarge].
func (f *Folder) Read(name string, limit int64) ([]byte, error) {
	file, err := f.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("read file: %w", outside(err))
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read file %s: %w", f.Path(name), ErrNotRegular)
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("read file %s: %w (limit %d bytes)", f.Path(name), ErrTooLarge, limit)
	}
	return data, nil
}

// List returns the names of the regular files in a sub-folder, sorted; none when
// the sub-folder does not exist.
func (f *Folder) List(dir string) ([]string, error) {
	entries, err := fs.ReadDir(f.root.FS(), path.Clean(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list folder: %w", outside(err))
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// Remove removes a file; one that does not exist is no error.
func (f *Folder) Remove(name string) error {
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove file: %w", outside(err))
	}
	return f.sync(path.Dir(name))
}

// Lock takes an exclusive lock on a sub-folder, which is made when needed, and
// waits for it. It keeps two battens from merging into one file at once.
func (f *Folder) Lock(dir string) (unlock func(), err error) {
	if err := f.makeAll(dir, folderMode); err != nil {
		return nil, err
	}
	d, err := f.root.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("lock folder: %w", outside(err))
	}
	if err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX); err != nil {
		d.Close()
		return nil, fmt.Errorf("lock folder %s: %w", f.Path(dir), err)
	}
	return func() { d.Close() }, nil
}

// outside gives os.Root's refusal to follow a link out of the folder, which has no
// exported error, one that callers can branch on.
func outside(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) && at.Err.Error() == "path escapes from parent" {
		return fmt.Errorf("%s: %w", at.Path, ErrOutside)
	}
	return err
}
