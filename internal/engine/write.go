package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"

	"batten/internal/atomicfile"
	"batten/plan"
)

// maxArtifact bounds an existing file that is compared with a generated one.
const maxArtifact = 64 << 20

var errNotExist = fs.ErrNotExist

// Write writes what a hardening made. Whether every file can be written is found
// out before the first is. What is there and was not written by batten is left, and
// that is an error, unless the engine was told to use force.
func (e *Engine) Write(h *Hardening) error {
	f, err := h.survey.engine.open()
	if err != nil {
		return err
	}
	defer f.Close()
	var errs []error
	for _, a := range h.artifacts {
		if err := h.checkWrite(f, a); err != nil {
			errs = append(errs, foreign(err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return errs[0]
	}
	for i, a := range h.artifacts {
		switch h.Files[i].State {
		case StateSame:
			continue
		case StateKept:
			if !e.options.Force {
				e.warn(a.Path+" holds another value than the compose file; it is kept", "replace it with --force")
				continue
			}
		}
		if err := f.Write(a.Path, a.Content, options(a)); err != nil {
			return foreign(err)
		}
		e.emit(Wrote{Path: a.Path, What: a.What})
	}
	return nil
}

func options(a plan.Artifact) atomicfile.Options {
	o := atomicfile.Options{Mode: fs.FileMode(a.Mode), UID: a.UID}
	if a.Secret {
		o.FolderMode = 0o700
	}
	return o
}

// checkWrite tells whether a file can be written, and may be.
func (h *Hardening) checkWrite(f *atomicfile.Folder, a plan.Artifact) error {
	if err := f.Check(a.Path); err != nil {
		return err
	}
	old, err := readOptional(f, a.Path, maxArtifact)
	if err != nil || old == nil || h.survey.engine.options.Force {
		return err
	}
	if !h.ours(a, old) {
		return fmt.Errorf("write file %s: %w", f.Path(a.Path), atomicfile.ErrForeign)
	}
	return nil
}

// ours tells whether batten wrote a file, from its content and from what the last
// plan says of it.
func (h *Hardening) ours(a plan.Artifact, old []byte) bool {
	switch {
	case bytes.Equal(old, a.Content), a.Secret, a.What == whatSettings, a.What == whatIgnore:
		return true
	case h.survey.source(a.Path):
		return true // in place: the user asked for it
	case a.What == whatSeccomp:
		return h.survey.engine.oursSeccomp(old)
	case a.What == whatLock:
		_, err := decodeLock(old)
		return err == nil
	}
	return bytes.Contains(old, []byte(plan.Mark))
}

// source tells whether a path is one of the files that the user wrote.
func (s *survey) source(path string) bool {
	for _, one := range s.project.Sources {
		if one.Name == path {
			return true
		}
	}
	return false
}
