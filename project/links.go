package project

import (
	"path/filepath"
	"strings"
)

// checkLinks refuses a path that symbolic links lead somewhere else than it says.
// A path that is written openly, such as ../common.yml, may leave the project's
// folder; a link may not lead out of the folder that the project and the path have
// in common.
func (r *reader) checkLinks(path string) error {
	anchor := commonFolder(r.dir, path)
	realAnchor, err := filepath.EvalSymlinks(anchor)
	if err != nil {
		return nil // reading says that it is not there
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil
	}
	if !inside(realAnchor, real) {
		return r.problem(path, 0, 0, bad(ErrLinkOut), "")
	}
	return nil
}

// commonFolder is the deepest folder that holds both a folder and a file.
func commonFolder(folder, file string) string {
	at := filepath.Clean(folder)
	for !inside(at, file) {
		parent := filepath.Dir(at)
		if parent == at {
			break
		}
		at = parent
	}
	return at
}

// inside tells whether a clean path is in a folder.
func inside(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// display is a path relative to a folder when it is inside.
func display(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}
