// Package archive carries files into the virtual machine and out of it.
//
// Invariant: unpacking writes nothing outside the folder it is told.
package archive

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Entry is one file or folder to pack.
type Entry struct {
	Name    string // in the archive, without a leading slash
	From    string // the file or folder to take; when empty, Content is the file
	Content []byte
	Mode    fs.FileMode // of Content
}

// Pack writes the entries as a tar archive, folders with all that is in them.
// Devices, sockets and pipes are left out.
func Pack(w io.Writer, entries []Entry) error {
	out := tar.NewWriter(w)
	for _, e := range entries {
		if err := e.pack(out); err != nil {
			return fmt.Errorf("pack %s: %w", e.Name, err)
		}
	}
	return out.Close()
}

func (e Entry) pack(out *tar.Writer) error {
	if e.From == "" {
		return content(out, e)
	}
	return filepath.WalkDir(e.From, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(e.From, file)
		if err != nil {
			return err
		}
		return one(out, path.Join(e.Name, filepath.ToSlash(below)), file)
	})
}

func content(out *tar.Writer, e Entry) error {
	h := &tar.Header{Typeflag: tar.TypeReg, Name: e.Name, Mode: int64(e.Mode.Perm()), Size: int64(len(e.Content))}
	if err := out.WriteHeader(h); err != nil {
		return err
	}
	_, err := out.Write(e.Content)
	return err
}

func one(out *tar.Writer, name, file string) error {
	info, err := os.Lstat(file)
	if err != nil {
		return err
	}
	link := ""
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		if link, err = os.Readlink(file); err != nil {
			return err
		}
	case !info.Mode().IsRegular() && !info.IsDir():
		return nil
	}
	h, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	// The user who runs the tests is nobody that the guest knows.
	h.Name, h.Uid, h.Gid, h.Uname, h.Gname = name, 0, 0, "", ""
	if err := out.WriteHeader(h); err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	// A file that grows meanwhile, as a log does, is taken as it was.
	_, err = io.Copy(out, io.LimitReader(f, info.Size()))
	return err
}

// Unpack writes the files of an archive below a folder, replacing what is there.
func Unpack(r io.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("unpack archive: %w", err)
	}
	defer root.Close()
	in := tar.NewReader(r)
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = put(root, h, in)
		}
		if err != nil {
			return fmt.Errorf("unpack archive: %w", err)
		}
	}
}

func put(root *os.Root, h *tar.Header, in io.Reader) error {
	name := path.Clean(strings.TrimPrefix(h.Name, "/"))
	mode := fs.FileMode(h.Mode).Perm()
	if h.Typeflag == tar.TypeDir {
		if err := root.MkdirAll(name, mode|0o700); err != nil {
			return err
		}
		if name == "." {
			return nil
		}
		return root.Chmod(name, mode)
	}
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	switch h.Typeflag {
	case tar.TypeSymlink:
		return root.Symlink(h.Linkname, name)
	case tar.TypeReg:
		f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if err != nil {
			return err
		}
		if _, err := io.Copy(f, in); err != nil {
			_ = f.Close()
			return err
		}
		// The mask of the user has no say.
		if err := f.Chmod(mode); err != nil {
			_ = f.Close()
			return err
		}
		return f.Close()
	}
	return fmt.Errorf("%s: type %q", name, h.Typeflag)
}
