package docker

import (
	"archive/tar"
	"bufio"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

const (
	maxFiles    = 2_000_000 // entries of all layers, and files and folders of an image
	maxPathText = 256 << 20 // bytes of all paths and link targets
	maxPathLen  = 4096
	maxScript   = 64 << 10 // bytes of one script
	maxAccounts = 1 << 20  // bytes of /etc/passwd or /etc/group
	maxTexts    = 64 << 20 // bytes of all that is kept
)

// Names that say in a layer that something of the layers below is gone.
const (
	whiteout = ".wh."
	opaque   = ".wh..wh..opq" // everything in its folder
)

// fileCaps is the tar record of a file's capabilities.
const fileCaps = "SCHILY.xattr.security.capability"

// layer is what one layer changes, in the order of its archive.
type layer []layerFile

type layerFile struct {
	path string // absolute, clean
	FileEntry
	hard string // target of a hard link
	text string // of accounts and of scripts
	gone goneKind
}

// goneKind says that path is a mark and no file.
type goneKind int

const (
	notGone   goneKind = iota
	itself             // path is not there any more
	inside             // what was in the folder is not there any more
	markOther          // a mark of a storage driver, without meaning here
)

// budget is what is left of the bounds over all layers.
type budget struct{ limit, files, paths, texts int }

func (b *budget) take(f layerFile) error {
	b.files++
	b.paths += len(f.path) + len(f.Link) + len(f.hard)
	switch {
	case b.files > b.limit:
		return fmt.Errorf("%w: more than %d files", ErrBadImage, b.limit)
	case b.paths > maxPathText:
		return fmt.Errorf("%w: its paths are larger than %d MiB", ErrBadImage, maxPathText>>20)
	case max(len(f.path), len(f.Link), len(f.hard)) > maxPathLen:
		return fmt.Errorf("%w: a path is longer than %d bytes", ErrBadImage, maxPathLen)
	}
	return nil
}

// readLayer reads the archive of one layer.
func readLayer(r io.Reader, b *budget) (layer, error) {
	var out layer
	in := tar.NewReader(r)
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		f := fileOf(h)
		if err := b.take(f); err != nil {
			return nil, err
		}
		if h.Typeflag == tar.TypeReg && f.gone == notGone {
			if f.text, err = readText(f, h.Size, in, b); err != nil {
				return nil, err
			}
		}
		out = append(out, f)
	}
}

func fileOf(h *tar.Header) layerFile {
	f := layerFile{path: path.Clean("/" + h.Name), FileEntry: FileEntry{Mode: uint32(h.Mode) & 0o7777, UID: h.Uid, GID: h.Gid}}
	_, f.Caps = h.PAXRecords[fileCaps]
	switch h.Typeflag {
	case tar.TypeDir:
		f.Folder = true
	case tar.TypeSymlink:
		f.Link = h.Linkname
	case tar.TypeLink:
		f.hard = path.Clean("/" + h.Linkname)
	}
	dir, base := path.Split(f.path)
	switch hidden, marked := strings.CutPrefix(base, whiteout); {
	case base == opaque:
		f.path, f.gone = path.Clean(dir), inside
	case strings.HasPrefix(base, whiteout+whiteout):
		f.gone = markOther
	case marked && hidden != "" && hidden != "." && hidden != "..":
		f.path, f.gone = dir+hidden, itself
	case marked:
		f.gone = markOther
	}
	return f
}

// readText returns the text of accounts, and of what may be a script that an
// entry point names.
func readText(f layerFile, size int64, r io.Reader, b *budget) (string, error) {
	limit := int64(maxScript)
	if f.path == passwdFile || f.path == groupFile {
		limit = maxAccounts
	} else if f.Mode&0o111 == 0 {
		return "", nil
	}
	if size > limit || b.texts+int(size) > maxTexts {
		return "", nil
	}
	in := bufio.NewReader(r)
	if start, _ := in.Peek(2); limit == maxScript && string(start) != "#!" {
		return "", nil
	}
	text, err := io.ReadAll(in)
	b.texts += len(text)
	return string(text), err
}
