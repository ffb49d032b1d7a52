package atomicfile

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// maxExisting bounds how much of an existing file is read to tell whose it is.
const maxExisting = 64 << 20

// tempMark is in the name of every temporary file: .NAME.batten-PID-RANDOM.
const tempMark = ".batten-"

// Options say how a file is written.
type Options struct {
	Mode fs.FileMode // 0 means 0644
	// Ours tells from its content whether an existing file may be replaced; nil
	// allows it. When it says no, Write changes nothing and returns [ErrForeign].
	Ours func(existing []byte) bool
	// FolderMode is of the file's folder, made or not; 0 means 0755 for one that is
	// made and leaves one that is there.
	FolderMode fs.FileMode
	// UID and GID are the file's owner and group where the process may choose them; nil
	// is those of the folder.
	UID, GID *int
}

// Write puts data into a file, which is made when needed together with the
// folders above it. A file that has this content and mode already is left alone.
func (f *Folder) Write(name string, data []byte, o Options) error {
	if o.Mode == 0 {
		o.Mode = 0o644
	}
	if !filepath.IsLocal(name) {
		return fmt.Errorf("write file %q: path leads out of the folder", name)
	}
	same, err := f.existing(name, data, o)
	if err != nil || same {
		return err
	}
	if err := f.makeAll(path.Dir(name), cmp.Or(o.FolderMode, folderMode)); err != nil {
		return err
	}
	if o.FolderMode != 0 {
		if err := f.root.Chmod(path.Dir(name), o.FolderMode.Perm()); err != nil {
			return fmt.Errorf("write file %s: %w", f.Path(name), outside(err))
		}
	}
	temp := path.Join(path.Dir(name), "."+path.Base(name)+tempMark+strconv.Itoa(os.Getpid())+"-"+rand.Text()[:8])
	if err := f.writeTemp(temp, data, o); err != nil {
		_ = f.root.Remove(temp)
		return fmt.Errorf("write file %s: %w", f.Path(name), err)
	}
	if err := f.root.Rename(temp, name); err != nil {
		_ = f.root.Remove(temp)
		return fmt.Errorf("write file %s: %w", f.Path(name), err)
	}
	return f.sync(path.Dir(name))
}

// existing looks at what is in the way: whether it may be replaced, and whether
// that is needed at all.
func (f *Folder) existing(name string, data []byte, o Options) (same bool, err error) {
	info, err := f.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("write file %s: %w", f.Path(name), outside(err))
	}
	if !info.Mode().IsRegular() {
		return false, fmt.Errorf("write file %s: %w", f.Path(name), ErrNotRegular)
	}
	old, err := f.Read(name, maxExisting)
	if errors.Is(err, ErrTooLarge) && o.Ours == nil {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if string(old) == string(data) && info.Mode().Perm() == o.Mode.Perm() {
		return true, nil
	}
	if o.Ours != nil && !o.Ours(old) {
		return false, fmt.Errorf("write file %s: %w", f.Path(name), ErrForeign)
	}
	return false, nil
}

func (f *Folder) writeTemp(temp string, data []byte, o Options) (err error) {
	file, err := f.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := file.Write(data); err != nil {
		return err
	}
	uid, gid := f.uid, f.gid
	if o.UID != nil && os.Geteuid() == 0 {
		uid = *o.UID
	}
	if o.GID != nil && os.Geteuid() == 0 {
		gid = *o.GID
	}
	if uid >= 0 || gid >= 0 {
		if err := file.Chown(uid, gid); err != nil {
			return err
		}
	}
	// Chmod after chown, and not left to the umask: a profile that dockerd cannot
	// read is no profile.
	if err := file.Chmod(o.Mode.Perm()); err != nil {
		return err
	}
	return file.Sync()
}

const folderMode fs.FileMode = 0o755

// makeAll makes a sub-folder with a mode, and those above it, for the folder's
// owner.
func (f *Folder) makeAll(dir string, mode fs.FileMode) error {
	if dir == "." || dir == "" {
		return nil
	}
	if err := f.makeAll(path.Dir(dir), folderMode); err != nil {
		return err
	}
	err := f.root.Mkdir(dir, mode)
	switch {
	case errors.Is(err, fs.ErrExist):
		info, err := f.root.Stat(dir)
		switch {
		case err != nil:
			return fmt.Errorf("make folder %s: %w", f.Path(dir), outside(err))
		case !info.IsDir():
			return fmt.Errorf("make folder %s: something else is there", f.Path(dir))
		}
		return nil
	case err != nil:
		return fmt.Errorf("make folder: %w", outside(err))
	case f.uid >= 0:
		if err := f.root.Chown(dir, f.uid, f.gid); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
	}
	return nil
}

func (f *Folder) sync(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer d.Close()
	// Some file systems refuse to sync a folder; the rename has happened anyway.
	_ = d.Sync()
	return nil
}

// Sweep removes temporary files in a sub-folder that writers left which do not
// run any more.
func (f *Folder) Sweep(dir string) error {
	names, err := f.List(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		_, rest, found := strings.Cut(name, tempMark)
		if !found || !strings.HasPrefix(name, ".") {
			continue
		}
		pid, _, _ := strings.Cut(rest, "-")
		if n, err := strconv.Atoi(pid); err == nil && !Running(n) {
			if err := f.Remove(path.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}
