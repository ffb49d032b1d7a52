package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"batten/internal/atomicfile"
	"batten/internal/fault"
	"batten/profiles"
)

// A recording in progress is kept as .SERVICE.PID.partial.json beside the merged
// one. A batten that ends removes it; one that was killed leaves it, and it then
// counts as a run of its own: readers take it into account, and the next trace
// merges it.
const partialEnd = ".partial.json"

func (e *Engine) partialPath(service string) string {
	return path.Join(e.recordings(), "."+fileName(service)+"."+strconv.Itoa(os.Getpid())+partialEnd)
}

// leftOver tells whether a file name is a partial recording whose writer is gone,
// and of which service file.
func leftOver(name string) (file string, ok bool) {
	rest, ok := strings.CutSuffix(name, partialEnd)
	if !ok || !strings.HasPrefix(rest, ".") {
		return "", false
	}
	i := strings.LastIndexByte(rest, '.')
	pid, err := strconv.Atoi(rest[i+1:])
	if i < 1 || err != nil || pid == os.Getpid() || atomicfile.Running(pid) {
		return "", false
	}
	return rest[1:i], true
}

// readProfile reads a recording or profile by its path in the folder.
func readProfile(f *atomicfile.Folder, name string) (profiles.Profile, error) {
	data, err := f.Read(name, profiles.MaxFileBytes)
	if err != nil {
		return profiles.Profile{}, err
	}
	p, err := profiles.Decode(bytes.NewReader(data))
	if err != nil {
		return profiles.Profile{}, fmt.Errorf("read %s: %w", f.Path(name), err)
	}
	return p, nil
}

// stored is what a project holds of one service: the merged recording and what
// killed battens left.
type stored struct {
	profile  profiles.Profile
	found    bool
	leftOver []string // paths of the partial files that are merged into profile
}

// load reads what is stored of a service. What cannot be read of left-overs is
// told and skipped; a merged recording that cannot be read is an error.
func (e *Engine) load(f *atomicfile.Folder, file string) (stored, error) {
	var s stored
	var all []profiles.Profile
	p, err := readProfile(f, path.Join(e.recordings(), file+".json"))
	switch {
	case err == nil:
		all = append(all, p)
	case !errors.Is(err, fs.ErrNotExist):
		return s, badFile(err)
	}
	names, err := f.List(e.recordings())
	if err != nil {
		return s, badFile(err)
	}
	for _, name := range names {
		if of, ok := leftOver(name); !ok || of != file {
			continue
		}
		full := path.Join(e.recordings(), name)
		p, err := readProfile(f, full)
		if err != nil {
			e.warn(fmt.Sprintf("left-over recording cannot be used: %v", err), "look at the file and remove it")
			continue
		}
		all = append(all, p)
		s.leftOver = append(s.leftOver, full)
	}
	if len(all) == 0 {
		return s, nil
	}
	s.found = true
	s.profile, err = profiles.Merge(all...)
	if err != nil {
		return s, fault.Wrap(fault.Usage, err, "move one of the files in "+e.recordings()+" away")
	}
	return s, nil
}

// badFile gives errors about files of recordings their kind and a hint.
func badFile(err error) error {
	switch {
	case errors.Is(err, profiles.ErrSchema):
		return fault.Default(fault.Usage, err, "batten reads its own recordings and profiles; import others with batten profile import")
	case errors.Is(err, profiles.ErrMalformed), errors.Is(err, atomicfile.ErrTooLarge):
		return fault.Default(fault.Usage, err, "the file is damaged: restore it from version control, or record again")
	case errors.Is(err, atomicfile.ErrOutside):
		return fault.Default(fault.Usage, err, removeLink)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.Is(err, atomicfile.ErrNotRegular):
		return fault.Default(fault.Usage, err, "")
	}
	return err
}

// services lists the file names, without ".json", of which recordings are stored.
func (e *Engine) services(f *atomicfile.Folder) ([]string, error) {
	names, err := f.List(e.recordings())
	if err != nil {
		return nil, badFile(err)
	}
	var out []string
	have := map[string]bool{}
	for _, name := range names {
		file, ok := leftOver(name)
		if !ok && !strings.HasPrefix(name, ".") {
			file, ok = strings.CutSuffix(name, ".json")
		}
		if ok && !have[file] {
			have[file] = true
			out = append(out, file)
		}
	}
	return out, nil
}

// savePartial keeps what was seen so far. Several recordings are of the same
// service's containers.
func (e *Engine) savePartial(f *atomicfile.Folder, service string, recs []profiles.Recording) error {
	for i := range recs {
		recs[i].Run.Interrupted = true // true if this is the last that is heard of it
	}
	data, err := encodeRuns(recs)
	if err != nil {
		return err
	}
	return f.Write(e.partialPath(service), data, atomicfile.Options{})
}

func encodeRuns(recs []profiles.Recording) ([]byte, error) {
	p, err := mergeRuns(recs)
	if err != nil {
		return nil, err
	}
	return encodeProfile(p)
}

func mergeRuns(recs []profiles.Recording) (profiles.Profile, error) {
	runs := make([]profiles.Profile, len(recs))
	for i, r := range recs {
		runs[i] = r.Profile()
	}
	return profiles.Merge(runs...)
}

func encodeProfile(p profiles.Profile) ([]byte, error) {
	var b bytes.Buffer
	if err := p.Encode(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// ours tells whether an existing file may be replaced by a recording.
func (e *Engine) ours(existing []byte) bool {
	if e.options.Force {
		return true
	}
	_, err := profiles.Decode(bytes.NewReader(existing))
	return err == nil
}
