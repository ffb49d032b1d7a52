package ebpf

import (
	"errors"
	"fmt"

	"github.com/cilium/ebpf"
)

// keptPath is a path as the programs keep it, whatever its length.
type keptPath struct {
	text   string
	folder int // length of the folder of a name; 0 for a path
}

// path reads one path.
func (l *loaded) path(k objectsPathKey) (keptPath, bool) {
	var short objectsShortPath
	if l.Maps["short_paths"].Lookup(k, &short) == nil {
		return ofShort(short), true
	}
	var long objectsLongPath
	if err := l.Maps["long_paths"].Lookup(k, &long); err == nil && long.Size > 0 {
		return ofLong(long), true
	}
	return keptPath{}, false
}

func ofShort(p objectsShortPath) keptPath {
	return keptPath{raw(p.Text[:], p.Size), int(p.Folder)}
}

func ofLong(p objectsLongPath) keptPath { return keptPath{raw(p.Text[:], p.Size), int(p.Folder)} }

// raw are the bytes of a name, which need not be text.
func raw(b []int8, size uint16) string {
	out := make([]byte, min(int(size), len(b)))
	for i := range out {
		out[i] = byte(b[i])
	}
	return string(out)
}

// asName splits a kept name. It is false for a path.
func (p keptPath) asName(follow bool) (name, bool) {
	if p.folder == 0 || p.folder+1 > len(p.text) {
		return name{}, false
	}
	return name{p.text[:p.folder], p.text[p.folder+1:], follow}, true
}

// readPaths reads all paths.
func (s *session) readPaths() (map[objectsPathKey]keptPath, error) {
	out := map[objectsPathKey]keptPath{}
	err := errors.Join(
		each(s.kernel.Maps["short_paths"], func(k objectsPathKey, v objectsShortPath) { out[k] = ofShort(v) }),
		each(s.kernel.Maps["long_paths"], func(k objectsPathKey, v objectsLongPath) {
			if v.Size > 0 {
				out[k] = ofLong(v)
			}
		}),
	)
	return out, err
}

// answer resolves a name that an event asks for.
func (s *session) answer(e objectsEvent) {
	key := objectsPathKey{Unit: e.Unit, Hash: e.Hash}
	p, ok := s.kernel.path(key)
	if !ok {
		return
	}
	if n, ok := p.asName(e.Bucket&touchFollow != 0); ok {
		s.names.resolve(key, n, e.Tgid)
	}
}

// errNoTable tells that the object file lacks the table of calls.
var errNoTable = errors.New("the programs have no table of file calls")

// setFileTable writes what calls do into the programs before they are loaded.
func setFileTable(spec *ebpf.CollectionSpec, table [maxNumber]fileSpec) error {
	v := spec.Variables["file_specs"]
	if v == nil {
		return errNoTable
	}
	if err := v.Set(table); err != nil {
		return fmt.Errorf("set table of file calls: %w", err)
	}
	return nil
}
