package engine

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"batten/generators/report"
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
	written := h.writtenBefore(f)
	for _, a := range h.artifacts {
		if err := h.checkWrite(f, a, written); err != nil {
			return foreign(err)
		}
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
		o := options(a)
		if h.survey.source(a.Path) {
			o.UID, o.GID = ownerOf(f.Path(a.Path))
		}
		if err := f.Write(a.Path, a.Content, o); err != nil {
			return foreign(err)
		}
		e.emit(Wrote{Path: a.Path, What: a.What})
	}
	if len(h.artifacts) > 0 {
		e.tellLeftOvers(h, f, written)
	}
	return nil
}

func options(a plan.Artifact) atomicfile.Options {
	o := atomicfile.Options{Mode: fs.FileMode(a.Mode), UID: a.UID}
	if a.Secret || a.What == whatIgnore {
		o.FolderMode = 0o700
	}
	return o
}

// modeOf is the mode of a source, which its hardened form has, too: it may hold what
// not everybody is to read.
func modeOf(path string, otherwise uint32) uint32 {
	if info, err := os.Stat(path); err == nil {
		return uint32(info.Mode().Perm())
	}
	return otherwise
}

// ownerOf is the owner of a file that is edited in place, which keeps it.
func ownerOf(path string) (uid, gid *int) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil, nil
	}
	u, g := int(st.Uid), int(st.Gid)
	return &u, &g
}

// writtenBefore are the sums of the files that the plan in the folder says were
// written: another one of this run of batten's may have been since the survey.
func (h *Hardening) writtenBefore(f *atomicfile.Folder) map[string]string {
	out := map[string]string{}
	if lock, err := h.survey.engine.readLock(f); err == nil && lock != nil {
		for _, o := range lock.Outputs {
			out[o.Path] = o.Sum
		}
	}
	return out
}

// tellLeftOvers names files of the last hardening that this one has no use for.
func (e *Engine) tellLeftOvers(h *Hardening, f *atomicfile.Folder, written map[string]string) {
	made := map[string]bool{}
	for _, a := range h.artifacts {
		made[a.Path] = true
	}
	var left []string
	for path := range written {
		if data, err := readOptional(f, path, maxArtifact); !made[path] && err == nil && data != nil {
			left = append(left, path)
		}
	}
	if len(left) > 0 {
		e.warn("no longer used: "+join(compact(left)), "remove what you do not need")
	}
}

// checkWrite tells whether a file can be written, and may be.
func (h *Hardening) checkWrite(f *atomicfile.Folder, a plan.Artifact, written map[string]string) error {
	if err := f.Check(a.Path); err != nil {
		return err
	}
	old, err := readOptional(f, a.Path, maxArtifact)
	if err != nil || old == nil || h.survey.engine.options.Force {
		return err
	}
	if written[a.Path] != sum(old) && !h.ours(a, old) {
		return fmt.Errorf("write file %s: %w", f.Path(a.Path), atomicfile.ErrForeign)
	}
	return nil
}

// ours tells from its content whether batten wrote a file, or whether it may replace
// what anybody wrote.
func (h *Hardening) ours(a plan.Artifact, old []byte) bool {
	switch {
	case bytes.Equal(old, a.Content), a.Secret, a.What == whatSettings, a.What == whatIgnore:
		return true
	case h.survey.source(a.Path):
		return true // in place: the user asked for it
	case a.What == whatSeccomp:
		return h.survey.engine.oursSeccomp(old)
	case a.What == whatAppArmor:
		return bytes.Contains(old, []byte(appArmorMark))
	case a.What == whatLock:
		_, err := decodeLock(old)
		return err == nil
	}
	return bytes.Contains(old, []byte(plan.Mark)) || a.What == whatReport && report.Recognise(old)
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
