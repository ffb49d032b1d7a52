package engine

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"

	"batten/internal/atomicfile"
	"batten/internal/docker"
)

// What is in an image never changes under its ID, and takes seconds to find out.
const (
	imageStart    = "image-"
	imageSchema   = "batten/image-files/v1"
	maxImageFile  = 32 << 20  // packed
	maxImagePlain = 512 << 20 // unpacked
)

type imageFile struct {
	Schema string `json:"schema"`
	ID     string `json:"id"`
	docker.ImageFiles
}

// imageName is the file of an image ID, "sha256:…".
func imageName(id string) (string, bool) {
	sum, ok := strings.CutPrefix(id, "sha256:")
	if !ok || len(sum) != 64 || strings.Trim(sum, "0123456789abcdef") != "" {
		return "", false
	}
	return path.Join(needsFolder, imageStart+sum+".json.gz"), true
}

// cachedImageFiles looks into an image, or finds what an earlier look kept in the
// user's cache. A cache that cannot be read or written is done without.
func cachedImageFiles(ctx context.Context, engine *docker.Engine, id string) (*docker.ImageFiles, error) {
	name, ok := imageName(id)
	if ok {
		if f, err := openCache(false); err == nil {
			files, found := readImageFile(f, name, id)
			f.Close()
			if found {
				return files, nil
			}
		}
	}
	files, err := engine.ImageFiles(ctx, id)
	if err != nil {
		return nil, err
	}
	if ok {
		_ = writeImageFile(name, id, files)
	}
	return files, nil
}

func readImageFile(f *atomicfile.Folder, name, id string) (*docker.ImageFiles, bool) {
	data, err := f.Read(name, maxImageFile)
	if err != nil {
		return nil, false
	}
	plain, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, false
	}
	var file imageFile
	d := json.NewDecoder(io.LimitReader(plain, maxImagePlain))
	d.DisallowUnknownFields()
	if d.Decode(&file) != nil || file.Schema != imageSchema || file.ID != id || file.Entries == nil {
		return nil, false
	}
	return &file.ImageFiles, true
}

func writeImageFile(name, id string, files *docker.ImageFiles) error {
	f, err := openCache(true)
	if err != nil {
		return err
	}
	defer f.Close()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if err := json.NewEncoder(z).Encode(imageFile{imageSchema, id, *files}); err != nil {
		return fmt.Errorf("encode files of image: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("encode files of image: %w", err)
	}
	if packed.Len() > maxImageFile {
		return nil // it would not be read again
	}
	return f.Write(name, packed.Bytes(), atomicfile.Options{Mode: 0o600})
}
