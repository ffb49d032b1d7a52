package engine

import (
	"path/filepath"
	"strings"

	"batten/internal/atomicfile"
)

// maxPolicy bounds a seccomp profile that a compose file or a user names.
const maxPolicy = 1 << 20

// readLimited reads a regular file of at most [maxPolicy] bytes by any path.
func readLimited(name string) ([]byte, error) {
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	f, err := atomicfile.Open(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Read(filepath.Base(name), maxPolicy)
}

// abs is the absolute path of a target, which is relative to the folder that
// batten was called in.
func abs(name string) string {
	if full, err := filepath.Abs(name); err == nil {
		return full
	}
	return name
}

func join(names []string) string { return strings.Join(names, ", ") }
