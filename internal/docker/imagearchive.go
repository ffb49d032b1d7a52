package docker

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Bounds of what is read of an image. They are above every real one.
const (
	maxDocument  = 4 << 20  // one JSON document
	maxDocuments = 32 << 20 // all of them
	maxBlobs     = 10_000   // files of the archive
	maxLinks     = 40       // symbolic links that are followed for one path
)

// archive is what an image's archive holds: documents and layers, by the name of
// their file. Which layers count, and in what order, is known at its end only.
type archive struct {
	documents map[string][]byte
	layers    map[string]layer
	failed    map[string]error  // files that are no layer after all
	links     map[string]string // engines before 25 write a layer that they had already as a link
	size      int
	budget    *budget
}

// readArchive reads the archive that an engine saves an image as, in the layout of
// Docker or in that of the Open Container Initiative, of at most limit files.
func readArchive(r io.Reader, limit int) (*tree, error) {
	a := archive{
		documents: map[string][]byte{}, layers: map[string]layer{}, failed: map[string]error{}, links: map[string]string{},
		budget: &budget{limit: limit},
	}
	outer := tar.NewReader(r)
	for count := 0; ; count++ {
		h, err := outer.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBadImage, err)
		}
		if count == maxBlobs {
			return nil, fmt.Errorf("%w: more than %d files", ErrBadImage, maxBlobs)
		}
		if err := a.add(h, outer); err != nil {
			return nil, err
		}
	}
	names, err := a.order()
	if err != nil {
		return nil, err
	}
	t := newTree(limit)
	for _, name := range names {
		if to, ok := a.links[name]; ok {
			name = to
		}
		l, ok := a.layers[name]
		if !ok {
			if err := a.failed[name]; err != nil {
				return nil, fmt.Errorf("%w: layer: %w", ErrBadImage, err)
			}
			return nil, fmt.Errorf("%w: a layer is missing", ErrBadImage)
		}
		if err := t.apply(l); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// add takes one file of the archive: JSON is a document, everything else is tried
// as a layer.
func (a *archive) add(h *tar.Header, r io.Reader) error {
	name := path.Clean("/" + h.Name)[1:]
	switch h.Typeflag {
	case tar.TypeSymlink:
		a.links[name] = path.Join("/", path.Dir(name), h.Linkname)[1:]
		return nil
	case tar.TypeReg:
	default:
		return nil
	}
	in := bufio.NewReader(r)
	first, _ := in.Peek(4)
	switch {
	case len(first) > 0 && (first[0] == '{' || first[0] == '['):
		data, err := io.ReadAll(io.LimitReader(in, maxDocument+1))
		if err != nil {
			return fmt.Errorf("%w: %w", ErrBadImage, err)
		}
		if a.size += len(data); len(data) > maxDocument || a.size > maxDocuments {
			return fmt.Errorf("%w: its documents are too large", ErrBadImage)
		}
		a.documents[name] = data
		return nil
	case bytes.HasPrefix(first, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		a.failed[name] = errors.New("it is compressed with zstd, which is not read")
		return nil
	case bytes.HasPrefix(first, []byte{0x1f, 0x8b}):
		plain, err := gzip.NewReader(in)
		if err != nil {
			a.failed[name] = err
			return nil
		}
		return a.layer(name, plain)
	}
	return a.layer(name, in)
}

func (a *archive) layer(name string, r io.Reader) error {
	l, err := readLayer(r, a.budget)
	if errors.Is(err, ErrBadImage) {
		return err // over a bound: what follows is not read
	}
	if err != nil {
		a.failed[name] = err
		return nil
	}
	a.layers[name] = l
	return nil
}

// order names the files of the layers, lowest first.
func (a *archive) order() ([]string, error) {
	var manifest []struct{ Layers []string }
	if data, ok := a.documents["manifest.json"]; ok {
		if err := json.Unmarshal(data, &manifest); err != nil || len(manifest) == 0 {
			return nil, fmt.Errorf("%w: manifest.json makes no sense", ErrBadImage)
		}
		return cleaned(manifest[0].Layers), nil
	}
	return a.orderOCI("index.json", 0)
}

// orderOCI follows an index to the first manifest that has layers.
func (a *archive) orderOCI(name string, depth int) ([]string, error) {
	var doc struct {
		Manifests, Layers []struct{ Digest string }
	}
	data, ok := a.documents[name]
	if !ok || json.Unmarshal(data, &doc) != nil || depth > 3 {
		return nil, fmt.Errorf("%w: it says nothing of its layers", ErrBadImage)
	}
	var names []string
	for _, l := range doc.Layers {
		names = append(names, blob(l.Digest))
	}
	for _, m := range doc.Manifests {
		if len(names) > 0 {
			break
		}
		names, _ = a.orderOCI(blob(m.Digest), depth+1)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%w: it says nothing of its layers", ErrBadImage)
	}
	return names, nil
}

// blob is the file of a digest, "sha256:…".
func blob(digest string) string {
	return path.Join("blobs", path.Clean("/"+strings.Replace(digest, ":", "/", 1)))
}

func cleaned(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = path.Clean("/" + name)[1:]
	}
	return out
}
