package ebpf

import (
	"fmt"
	"runtime"

	"batten/profiles"
)

// Buckets, as in the programs.
const (
	bucketRuntime     = 0
	bucketMain        = 1
	bucketExecRuntime = 8
	bucketExec        = 16
)

// collector gathers the evidence of one target from all its units. A container
// that was restarted has several.
type collector struct {
	s       *session
	b       *bound
	entries map[uint64]string // by kernel entry number, of the present unit

	calls    map[string]*profiles.Syscall
	denials  map[string]*profiles.Denial
	caps     map[string]*profiles.Capability
	programs map[string]*profiles.Program
	entry    map[string]*profiles.Entry
	args     map[*profiles.Arguments]map[string]bool
	files    map[fileRow]*profiles.File
	sockets  map[socketRow]*profiles.Socket
	contacts map[contactRow]*profiles.Contact
	mounts   []profiles.Mount
	owners   map[uint32]*bound // of all units of the session
	guessed  map[objectsPathKey]bool
	links    madeLinks
	newest   uint64
	startup  bool

	lostPaths uint64
}

// evidence is what a target's units hold in one reading.
type evidence struct {
	profiles.Evidence
	newest  uint64 // boot time of the last first sighting, ns
	startup bool
}

// gather reads the evidence of every target out of the last reading.
func (s *session) gather() []evidence {
	units, rephased := s.bindUnits()
	if rephased {
		_ = s.kernel.change(func(*objectsSession) {})
	}
	owners := map[uint32]*bound{}
	for b, list := range units {
		for _, u := range list {
			owners[u.index] = b
		}
	}
	out := make([]evidence, len(s.targets))
	for i, b := range s.targets {
		c := &collector{
			s: s, b: b, calls: map[string]*profiles.Syscall{}, denials: map[string]*profiles.Denial{},
			caps: map[string]*profiles.Capability{}, programs: map[string]*profiles.Program{},
			entry: map[string]*profiles.Entry{}, args: map[*profiles.Arguments]map[string]bool{},
			files: map[fileRow]*profiles.File{}, sockets: map[socketRow]*profiles.Socket{},
			contacts: map[contactRow]*profiles.Contact{}, owners: owners, guessed: map[objectsPathKey]bool{},
		}
		for _, u := range units[b] {
			c.addUnit(u.index, u.objectsUnit)
		}
		c.fill(&out[i].Evidence)
		out[i].newest, out[i].startup = c.newest, c.startup
	}
	return out
}

// recording makes a target's recording of its evidence.
func (s *session) recording(b *bound, e evidence, now uint64) profiles.Recording {
	r := profiles.Recording{Schema: profiles.RecordingSchema, Service: b.Service, Run: s.conditions(b, now), Evidence: e.Evidence}
	r.Run.StartupSeen = e.startup
	if quietSince := max(e.newest, s.began); now > quietSince {
		r.Run.QuietFor = seconds(now - quietSince)
	}
	return r
}

func (c *collector) fill(e *profiles.Evidence) {
	e.Syscalls = values(c.calls)
	e.Denied = values(c.denials)
	e.Capabilities = values(c.caps)
	e.Programs = values(c.programs)
	e.Entries = values(c.entry)
	e.Files = values(c.files)
	e.Sockets = values(c.sockets)
	e.Contacts = values(c.contacts)
	e.Mounts = c.mounts
	loss := c.s.truth.loss
	e.Loss.Events, e.Loss.Strings = loss[lossEvents], loss[lossStrings]
	e.Loss.MapFull, e.Loss.Unattributed = loss[lossMapFull], loss[lossUnattributed]+c.s.truth.missed
	e.Loss.Paths, e.Loss.Guessed = loss[lossPaths]+c.lostPaths, uint64(len(c.guessed))
	for _, s := range e.Syscalls {
		// Their arguments are laid out in another way, and are not read.
		if _, touches := fileCalls[s.Name]; touches && s.Arch != native() && c.s.kernel.files != "" {
			e.Loss.Paths++
		}
		e.Loss.IOURing = e.Loss.IOURing || s.Name == "io_uring_setup" && s.Part != profiles.PartRuntime
		e.Loss.SecondArch = e.Loss.SecondArch || s.Arch != native()
	}
	e.Sort()
}

func values[K comparable, T any](m map[K]*T) []T {
	var out []T
	for _, v := range m {
		out = append(out, *v)
	}
	return out
}

func native() profiles.Arch { return profiles.NativeArch(runtime.GOARCH) }

// addUnit adds everything that one unit has in the last reading.
func (c *collector) addUnit(i uint32, u objectsUnit) {
	t := c.s.truth
	c.startup = c.startup || u.StartupSeen != 0
	c.entries = map[uint64]string{}
	for n, e := range t.entries[i] {
		c.entries[n] = c.addEntry(e)
	}
	for k, v := range t.programs[i] {
		c.addProgram(k, v)
	}
	for k, v := range t.calls[i] {
		c.addCall(k, v)
	}
	for k, v := range t.capabilities[i] {
		c.addCapability(k, v)
	}
	c.addTouches(t.touches[i])
	for k, v := range t.sockets[i] {
		c.addSocket(k, v)
	}
	for k, v := range t.contacts[i] {
		c.addContact(k, v)
	}
	for k, v := range t.mounts[i] {
		c.addMount(k, v)
	}
}

// place tells what a bucket means.
func (c *collector) place(bucket uint16) (profiles.Part, string, profiles.Phase) {
	switch {
	case bucket >= bucketExec:
		id := c.entries[uint64(bucket-bucketExec)]
		if id == "" {
			id = "exec-other" // more commands than are told apart
		}
		return profiles.PartExec, id, profiles.PhaseExec
	case bucket == bucketExecRuntime:
		return profiles.PartRuntime, "", profiles.PhaseExec
	case bucket >= bucketMain:
		return profiles.PartApplication, "", phases[min(int(bucket-bucketMain), len(phases)-1)]
	}
	return profiles.PartRuntime, "", profiles.PhaseRuntime
}

// archOf names the calling convention of a recorded call.
func archOf(arch uint8) profiles.Arch {
	n := native()
	switch {
	case arch == 1 && n == profiles.ArchX8664:
		return profiles.ArchX86
	case arch == 2 && n == profiles.ArchX8664:
		return profiles.ArchX32
	case arch == 1 && n == profiles.ArchAARCH64:
		return profiles.ArchARM
	}
	return n
}

func callName(a profiles.Arch, nr uint16) string {
	if name, ok := profiles.SyscallName(a, int(nr)); ok {
		return name
	}
	return fmt.Sprintf("syscall_%d", nr)
}

// origin explains a first sighting.
func (c *collector) origin(v objectsCall, unit uint32, phase profiles.Phase) *profiles.Origin {
	c.newest = max(c.newest, v.First)
	o := &profiles.Origin{Comm: text(v.Comm[:]), Phase: phase}
	if v.First > c.s.began {
		o.Offset = (v.First - c.s.began) / 1e6
	}
	if p, ok := c.s.truth.paths[unit][v.Program]; ok {
		o.Program = text(p.Path[:])
		o.Args = profiles.RedactArgs(words(p.Args[:], p.ArgsSize))
	}
	return o
}

func addPhase(list []profiles.Phase, p profiles.Phase) []profiles.Phase {
	for _, have := range list {
		if have == p {
			return list
		}
	}
	return append(list, p)
}

// earlier keeps the first of two sightings.
func earlier(have, other *profiles.Origin) *profiles.Origin {
	if have == nil || other.Offset < have.Offset {
		return other
	}
	return have
}
