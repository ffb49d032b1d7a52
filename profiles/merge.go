package profiles

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

// MergeOptions changes what [Merge] refuses.
type MergeOptions struct {
	// AnyService merges profiles of services with different names; the result has
	// the name of the first.
	AnyService bool
}

// Profile returns the profile of this one run: everything in it was seen once.
func (r Recording) Profile() Profile {
	p := Profile{Schema: ProfileSchema, Service: r.Service, Runs: []Run{r.Run}, Evidence: r.Evidence}.clone()
	p.Evidence.seenOnce()
	p.normalise()
	return p
}

// seenOnce sets the counts of a single run.
func (e *Evidence) seenOnce() {
	for i := range e.Entries {
		e.Entries[i].Runs = 1
	}
	for i := range e.Syscalls {
		e.Syscalls[i].Runs = 1
	}
	for i := range e.Denied {
		e.Denied[i].Runs = 1
	}
	for i := range e.Capabilities {
		e.Capabilities[i].Runs = 1
	}
	for i := range e.Programs {
		e.Programs[i].Runs = 1
	}
	for i := range e.Files {
		e.Files[i].Runs = 1
	}
	for i := range e.Sockets {
		e.Sockets[i].Runs = 1
	}
	for i := range e.Contacts {
		e.Contacts[i].Runs = 1
	}
	for i := range e.Mounts {
		e.Mounts[i].Runs = 1
	}
	for i := range e.Identities {
		e.Identities[i].Runs = 1
	}
}

// Merge unites profiles of one service: everything that one of them needs, with
// the number of runs that saw it. The order of the profiles does not matter, and
// merging parts first gives the same. It refuses profiles of different services
// ([ErrDifferentService]) and of different native architectures
// ([ErrDifferentArch]). Recordings of different images are merged; the result
// names the image that sorts last.
func Merge(ps ...Profile) (Profile, error) { return MergeOptions{}.Merge(ps...) }

// Merge is [Merge] with options.
func (o MergeOptions) Merge(ps ...Profile) (Profile, error) {
	if len(ps) == 0 {
		return Profile{}, fmt.Errorf("merge profiles: %w", ErrNothing)
	}
	if err := o.check(ps); err != nil {
		return Profile{}, fmt.Errorf("merge profiles: %w", err)
	}
	out := ps[0].clone()
	out.Schema = ProfileSchema
	out.normalise()
	for _, p := range ps[1:] {
		p = p.clone()
		p.normalise()
		if compareService(p.Service, out.Service) > 0 {
			p.Service.Name, out.Service = out.Service.Name, p.Service
			out.Service.Name = ps[0].Service.Name
		}
		out.Runs = append(out.Runs, p.Runs...)
		out.Evidence.add(p.Evidence)
	}
	out.normalise()
	return out, nil
}

func (o MergeOptions) check(ps []Profile) error {
	var arch Arch
	for _, p := range ps {
		if !o.AnyService && p.Service.Name != ps[0].Service.Name {
			return fmt.Errorf("%w: %s and %s", ErrDifferentService, plain(ps[0].Service.Name), plain(p.Service.Name))
		}
		for _, r := range p.Runs {
			if arch == "" {
				arch = r.Arch
			}
			if r.Arch != "" && r.Arch != arch {
				return fmt.Errorf("%w: %s and %s", ErrDifferentArch, plain(string(arch)), plain(string(r.Arch)))
			}
		}
	}
	return nil
}

// compareService orders by what the merged profile should say about its service;
// the name is equal or forced.
func compareService(a, b Service) int {
	return cmp.Or(cmp.Compare(a.Image, b.Image), cmp.Compare(a.Digest, b.Digest),
		cmp.Compare(a.Project, b.Project), cmp.Compare(a.Kind, b.Kind), slices.Compare(a.Command, b.Command))
}

// add appends other evidence; normalise then unites what is the same.
func (e *Evidence) add(o Evidence) {
	adoptEntries(e, &o)
	e.Entries = foldRows(append(e.Entries, o.Entries...), entryKeyOf, addEntry, sumRuns)
	e.Syscalls = foldRows(append(e.Syscalls, o.Syscalls...), syscallKeyOf, addSyscall, sumRuns)
	e.Denied = foldRows(append(e.Denied, o.Denied...), denialKeyOf, addDenial, sumRuns)
	e.Capabilities = foldRows(append(e.Capabilities, o.Capabilities...), capabilityKeyOf, addCapability, sumRuns)
	e.Programs = foldRows(append(e.Programs, o.Programs...), programKeyOf, addProgram, sumRuns)
	e.Files = foldRows(append(e.Files, o.Files...), fileKeyOf, addFile, sumRuns)
	e.Sockets = foldRows(append(e.Sockets, o.Sockets...), socketKeyOf, addSocket, sumRuns)
	e.Contacts = foldRows(append(e.Contacts, o.Contacts...), contactKeyOf, addContact, sumRuns)
	e.Mounts = foldRows(append(e.Mounts, o.Mounts...), mountKeyOf, addMount, sumRuns)
	e.Identities = foldRows(append(e.Identities, o.Identities...), identityKeyOf, addIdentity, sumRuns)
	e.Resources = e.Resources.peak(o.Resources)
	e.Loss = e.Loss.add(o.Loss)
}

// normalise gives entries their canonical names, unites repeated rows (which are
// of the same runs, so that the counts do not add up) and sorts.
func (p *Profile) normalise() {
	e := &p.Evidence
	renameEntries(e)
	e.Entries = foldRows(e.Entries, entryKeyOf, addEntry, maxRunsOf)
	e.Syscalls = foldRows(e.Syscalls, syscallKeyOf, addSyscall, maxRunsOf)
	e.Denied = foldRows(e.Denied, denialKeyOf, addDenial, maxRunsOf)
	e.Capabilities = foldRows(e.Capabilities, capabilityKeyOf, addCapability, maxRunsOf)
	e.Programs = foldRows(e.Programs, programKeyOf, addProgram, maxRunsOf)
	e.Files = foldRows(e.Files, fileKeyOf, addFile, maxRunsOf)
	e.Sockets = foldRows(e.Sockets, socketKeyOf, addSocket, maxRunsOf)
	e.Contacts = foldRows(e.Contacts, contactKeyOf, addContact, maxRunsOf)
	e.Mounts = foldRows(e.Mounts, mountKeyOf, addMount, maxRunsOf)
	e.Identities = foldRows(e.Identities, identityKeyOf, addIdentity, maxRunsOf)
	p.Sort()
}

// foldRows unites rows of the same key, in the order of their first appearance.
func foldRows[R any, K comparable](rows []R, key func(R) K, add func(*R, R, func(a, b int) int), runs func(a, b int) int) []R {
	at := make(map[K]int, len(rows))
	out := rows[:0:0]
	for _, r := range rows {
		if i, ok := at[key(r)]; ok {
			add(&out[i], r, runs)
			continue
		}
		at[key(r)] = len(out)
		out = append(out, r)
	}
	return out
}

func sumRuns(a, b int) int   { return min(a+b, maxCount) }
func maxRunsOf(a, b int) int { return max(a, b) }

// add sums counts without wrapping round.
func (l Loss) add(o Loss) Loss {
	sum := func(a, b uint64) uint64 {
		if a+b < a {
			return ^uint64(0)
		}
		return a + b
	}
	return Loss{
		Events: sum(l.Events, o.Events), Strings: sum(l.Strings, o.Strings),
		MapFull: sum(l.MapFull, o.MapFull), Unattributed: sum(l.Unattributed, o.Unattributed),
		Paths: sum(l.Paths, o.Paths), Guessed: sum(l.Guessed, o.Guessed),
		IOURing: l.IOURing || o.IOURing, SecondArch: l.SecondArch || o.SecondArch,
		Partial: l.Partial || o.Partial,
	}
}

// SameEvidence tells whether two profiles hold the very same runs and evidence,
// whatever their services are called: most likely one file was given twice, and
// merging them would count each run twice. Two real runs differ at least in the
// times of their first sightings.
func SameEvidence(a, b Profile) bool {
	text := func(p Profile) []byte {
		p = p.clone()
		p.normalise()
		p.Service = Service{Kind: KindProcess}
		var out bytes.Buffer
		if p.Encode(&out) != nil {
			return nil
		}
		return out.Bytes()
	}
	if len(a.Runs) == 0 || len(a.Runs) != len(b.Runs) || len(a.Syscalls) == 0 {
		return false
	}
	one := text(a)
	return one != nil && bytes.Equal(one, text(b))
}
