package profiles

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// compareCommand orders entries by what they execute.
func compareCommand(a, b Entry) int {
	return cmp.Or(cmp.Compare(a.Program, b.Program), slices.Compare(a.Args, b.Args))
}

// entryIdentity tells when two entries are the same: there is one main program
// and one health check, and an executed command is what it executes.
func entryIdentity(e Entry) string {
	if e.Kind != EntryExec {
		return string(e.Kind)
	}
	return strings.Join(append([]string{string(e.Kind), e.Program}, e.Args...), "\x00")
}

// renameEntries gives entries the names that follow from what they are: "main",
// "healthcheck", and executed commands numbered in the order of program and
// arguments, because each tracer numbers them as they come. An entry that rows
// refer to and that does not exist is added as an executed command of which
// nothing is known.
func renameEntries(e *Evidence) {
	addMissingEntries(e)
	names := entryNames(e.Entries)
	byID := map[string]string{}
	for i := range e.Entries {
		x := &e.Entries[i]
		name := names[entryIdentity(*x)]
		byID[x.ID] = name
		x.ID = name
	}
	e.rename(byID)
}

// adoptEntries renames the entries of both in one way, before they are united.
func adoptEntries(a, b *Evidence) {
	names := entryNames(append(slices.Clone(a.Entries), b.Entries...))
	for _, e := range []*Evidence{a, b} {
		byID := map[string]string{}
		for i := range e.Entries {
			x := &e.Entries[i]
			name := names[entryIdentity(*x)]
			byID[x.ID] = name
			x.ID = name
		}
		e.rename(byID)
	}
}

func (e *Evidence) rename(byID map[string]string) {
	for i := range e.Syscalls {
		e.Syscalls[i].Entry = byID[e.Syscalls[i].Entry]
	}
	for i := range e.Denied {
		e.Denied[i].Entry = byID[e.Denied[i].Entry]
	}
	for i := range e.Capabilities {
		e.Capabilities[i].Entry = byID[e.Capabilities[i].Entry]
	}
	for i := range e.Programs {
		e.Programs[i].Entry = byID[e.Programs[i].Entry]
	}
	for i := range e.Files {
		e.Files[i].Entry = byID[e.Files[i].Entry]
	}
	for i := range e.Sockets {
		e.Sockets[i].Entry = byID[e.Sockets[i].Entry]
	}
	for i := range e.Contacts {
		e.Contacts[i].Entry = byID[e.Contacts[i].Entry]
	}
	for i := range e.Mounts {
		e.Mounts[i].Entry = byID[e.Mounts[i].Entry]
	}
}

// entryNames maps identities to names.
func entryNames(entries []Entry) map[string]string {
	execs := slices.Clone(entries)
	names := map[string]string{string(EntryMain): MainEntry, string(EntryHealthCheck): string(EntryHealthCheck)}
	slices.SortFunc(execs, compareCommand)
	n := 0
	for _, x := range execs {
		id := entryIdentity(x)
		if _, ok := names[id]; ok {
			continue
		}
		n++
		names[id] = fmt.Sprintf("exec-%d", n)
	}
	return names
}

func addMissingEntries(e *Evidence) {
	have := map[string]bool{"": true}
	for _, x := range e.Entries {
		have[x.ID] = true
	}
	missing := map[string]int{} // the most runs of a row that refers to it
	need := func(id string, runs int) {
		if !have[id] {
			missing[id] = max(missing[id], runs)
		}
	}
	for _, s := range e.Syscalls {
		need(s.Entry, s.Runs)
	}
	for _, d := range e.Denied {
		need(d.Entry, d.Runs)
	}
	for _, c := range e.Capabilities {
		need(c.Entry, c.Runs)
	}
	for _, p := range e.Programs {
		need(p.Entry, p.Runs)
	}
	for _, f := range e.Files {
		need(f.Entry, f.Runs)
	}
	for _, s := range e.Sockets {
		need(s.Entry, s.Runs)
	}
	for _, c := range e.Contacts {
		need(c.Entry, c.Runs)
	}
	for _, m := range e.Mounts {
		need(m.Entry, m.Runs)
	}
	for _, id := range slices.Sorted(maps.Keys(missing)) {
		e.Entries = append(e.Entries, Entry{ID: id, Kind: kindOfID(id), Runs: missing[id]})
	}
}

func kindOfID(id string) EntryKind {
	switch id {
	case MainEntry:
		return EntryMain
	case string(EntryHealthCheck):
		return EntryHealthCheck
	}
	return EntryExec
}
