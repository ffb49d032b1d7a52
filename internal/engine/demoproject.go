package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"batten/internal/atomicfile"
	"batten/internal/demo"
	"batten/internal/fault"
)

// UnpackDemo writes the bundled project with its recordings into dir, which must be
// empty or not exist.
func UnpackDemo(dir string) error {
	switch list, err := os.ReadDir(dir); {
	case len(list) > 0:
		return fault.New(fault.Usage, "give a folder that is empty or does not exist", "unpack demo: %s is not empty", dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(fault.Usage, fmt.Errorf("unpack demo: %w", err), "give a folder that is empty or does not exist")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fault.Wrap(fault.Environment, fmt.Errorf("unpack demo: %w", err), "give a folder that can be made")
	}
	f, err := atomicfile.Open(dir)
	if err != nil {
		return fault.Wrap(fault.Environment, fmt.Errorf("unpack demo: %w", err), "")
	}
	defer f.Close()
	files := demo.Project()
	return fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, path)
		if err != nil {
			return fmt.Errorf("unpack demo: %w", err)
		}
		mode := fs.FileMode(0o644)
		if strings.HasSuffix(path, ".sh") {
			mode = 0o755 // a bundle knows no modes
		}
		if err := f.Write(path, data, atomicfile.Options{Mode: mode}); err != nil {
			return fault.Wrap(fault.Environment, fmt.Errorf("unpack demo: %w", err), "give a folder that can be written")
		}
		return nil
	})
}
