package docker

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// maxUpper bounds how many files of a container's layer are looked at.
const maxUpper = 100_000

var errUpper = errors.New("layer not readable")

// readUpper lists a container's layer as an overlay file system keeps it: upper
// has what was written, lower is what lies below it, the highest first. The
// container's programs made what is in upper: links in it are not followed out of
// it.
func readUpper(ctx context.Context, upper string, lower []string) ([]FileChange, error) {
	if !filepath.IsAbs(upper) {
		return nil, errUpper
	}
	root, err := os.OpenRoot(upper)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUpper, err)
	}
	defer root.Close()
	var below []*os.Root
	for _, dir := range lower {
		// Without one of them what the image has cannot be told from what is new.
		r, err := os.OpenRoot(dir)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errUpper, err)
		}
		defer r.Close()
		below = append(below, r)
	}
	var out []FileChange
	seen := 0
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || name == "." {
			return nil // gone meanwhile
		}
		if seen++; seen > maxUpper {
			return fs.SkipAll
		}
		if c, ok := changeOf(name, d, below); ok {
			out = append(out, c)
		}
		return nil
	})
	return out, err
}

func changeOf(name string, d fs.DirEntry, below []*os.Root) (FileChange, bool) {
	info, err := d.Info()
	if err != nil {
		return FileChange{}, false
	}
	path := "/" + filepath.ToSlash(name)
	dir, base := filepath.Split(path)
	if hidden, marked := strings.CutPrefix(base, whiteout); marked {
		gone := !strings.HasPrefix(hidden, ".") // .wh..opq, .wh..wh..opq: marks of the folder
		return FileChange{Path: dir + hidden, Kind: FileDeleted}, gone
	}
	if isWhiteout(info) {
		return FileChange{Path: path, Kind: FileDeleted}, true
	}
	old, existed := lookBelow(name, below)
	c := FileChange{path, FileAdded, info.IsDir()}
	if existed {
		c.Kind = FileModified
	}
	// A folder is copied up when something in it changes.
	return c, !(existed && c.Folder && sameAttributes(old, info))
}

// lookBelow finds a file in the layers below: in the highest that has it.
func lookBelow(name string, below []*os.Root) (fs.FileInfo, bool) {
	for _, r := range below {
		if info, err := r.Lstat(name); err == nil {
			return info, !isWhiteout(info)
		}
	}
	return nil, false
}

// isWhiteout tells the mark of an overlay file system: a device without numbers.
func isWhiteout(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.Mode()&fs.ModeCharDevice != 0 && s.Rdev == 0
}

func sameAttributes(a, b fs.FileInfo) bool {
	x, ok1 := a.Sys().(*syscall.Stat_t)
	y, ok2 := b.Sys().(*syscall.Stat_t)
	return ok1 && ok2 && a.Mode() == b.Mode() && x.Uid == y.Uid && x.Gid == y.Gid
}
