package ebpf

import (
	"errors"
	"fmt"

	"github.com/cilium/ebpf"
)

// Loss counters, in the order of the programs.
const (
	lossEvents = iota
	lossStrings
	lossMapFull
	lossUnattributed
	lossPaths
	lossMax
)

// truth is one reading of the maps, sorted by unit.
type truth struct {
	calls        map[uint32]map[objectsCallKey]objectsCall
	tuples       map[objectsCallKey][][3]uint64
	capabilities map[uint32]map[objectsCapKey]objectsCall
	programs     map[uint32]map[objectsProgramKey]objectsProgram
	paths        map[uint32]map[uint64]objectsProgram // first of each path, by its hash
	entries      map[uint32]map[uint64]objectsEntry
	names        map[objectsPathKey]keptPath
	touches      map[uint32]map[objectsTouchKey]objectsTouched
	sockets      map[uint32]map[objectsSocketKey]objectsCall
	contacts     map[uint32]map[objectsContactKey]objectsCall
	mounts       map[uint32]map[objectsMountKey]objectsCall
	loss         [lossMax]uint64
	missed       uint64 // runs of a program that the kernel left out
}

// read takes all maps. The counters are read first: what is lost meanwhile shows
// at the next look.
func (s *session) read() (*truth, error) {
	t := &truth{
		calls: map[uint32]map[objectsCallKey]objectsCall{}, tuples: map[objectsCallKey][][3]uint64{},
		capabilities: map[uint32]map[objectsCapKey]objectsCall{},
		programs:     map[uint32]map[objectsProgramKey]objectsProgram{},
		paths:        map[uint32]map[uint64]objectsProgram{},
		entries:      map[uint32]map[uint64]objectsEntry{},
		touches:      map[uint32]map[objectsTouchKey]objectsTouched{},
		sockets:      map[uint32]map[objectsSocketKey]objectsCall{},
		contacts:     map[uint32]map[objectsContactKey]objectsCall{},
		mounts:       map[uint32]map[objectsMountKey]objectsCall{},
	}
	if err := s.kernel.Variables["loss"].Get(&t.loss); err != nil {
		return nil, fmt.Errorf("read counters: %w", err)
	}
	t.missed = s.kernel.missed()
	err := errors.Join(
		each(s.kernel.Maps["calls"], func(k objectsCallKey, v objectsCall) { put(t.calls, k.Unit, k, v) }),
		each(s.kernel.Maps["tuples"], func(k objectsTupleKey, _ uint64) { t.tuples[k.Call] = append(t.tuples[k.Call], k.Args) }),
		each(s.kernel.Maps["capabilities"], func(k objectsCapKey, v objectsCall) { put(t.capabilities, k.Unit, k, v) }),
		each(s.kernel.Maps["programs"], func(k objectsProgramKey, v objectsProgram) {
			put(t.programs, k.Unit, k, v)
			if have, ok := t.paths[k.Unit][k.Program]; !ok || v.First < have.First {
				put(t.paths, k.Unit, k.Program, v)
			}
		}),
		each(s.kernel.Maps["entries"], func(k objectsEntryKey, v objectsEntry) { put(t.entries, k.Unit, v.Number, v) }),
		each(s.kernel.Maps["touches"], func(k objectsTouchKey, v objectsTouched) { put(t.touches, k.Unit, k, v) }),
		each(s.kernel.Maps["sockets"], func(k objectsSocketKey, v objectsCall) { put(t.sockets, k.Unit, k, v) }),
		each(s.kernel.Maps["contacts"], func(k objectsContactKey, v objectsCall) { put(t.contacts, k.Unit, k, v) }),
		each(s.kernel.Maps["mounts"], func(k objectsMountKey, v objectsCall) { put(t.mounts, k.Unit, k, v) }),
	)
	if err != nil {
		return nil, err
	}
	// Last: a row's path is kept before the row.
	if t.names, err = s.readPaths(); err != nil {
		return nil, err
	}
	var addrs []uint64
	for _, unit := range t.capabilities {
		for k := range unit {
			addrs = append(addrs, k.Frames[:]...)
		}
	}
	s.symbols.resolve(addrs)
	return t, nil
}

func put[K comparable, V any](m map[uint32]map[K]V, unit uint32, k K, v V) {
	if m[unit] == nil {
		m[unit] = map[K]V{}
	}
	m[unit][k] = v
}

const batch = 512

// each visits a whole hash map in batches (Linux 5.6).
func each[K, V any](m *ebpf.Map, visit func(K, V)) error {
	var cursor ebpf.MapBatchCursor
	keys, values := make([]K, batch), make([]V, batch)
	for {
		n, err := m.BatchLookup(&cursor, keys, values, nil)
		for i := range n {
			visit(keys[i], values[i])
		}
		if errors.Is(err, ebpf.ErrKeyNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", m.String(), err)
		}
	}
}
