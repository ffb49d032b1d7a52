package ptrace

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"batten/profiles"
)

// Bounds of what a hostile program can make batten keep. The kernel has fewer
// than 500 calls on each architecture.
const (
	maxCalls    = 4096
	maxPrograms = 10_000
)

// recorder keeps the evidence of one target. The tracer thread writes, anybody
// reads.
type recorder struct {
	mu     sync.Mutex
	native profiles.Arch
	phase  profiles.Phase
	begun  time.Time
	news   time.Time // when something new was seen last
	end    time.Time // not zero: frozen

	main     *profiles.Entry
	calls    map[callKey]*profiles.Syscall
	denied   map[verdict]*profiles.Denial
	tuples   map[*profiles.Arguments]*tupleSet
	programs map[programKey]*profiles.Program
	observed observed
	loss     profiles.Loss

	// shared is what snapshot gave out last, valid until something has changed.
	shared  profiles.Evidence
	changed bool
}

type programKey struct{ path, by string }

type callKey struct {
	arch profiles.Arch
	nr   int32 // with bit 30 for x32
}

// verdict is a refused call and what it got.
type verdict struct {
	callKey
	errno  int
	killed bool
}

func newRecorder(native profiles.Arch, phase profiles.Phase, noFiles bool) *recorder {
	now := time.Now()
	return &recorder{
		native: native, phase: phase, begun: now, news: now,
		calls: make(map[callKey]*profiles.Syscall), denied: make(map[verdict]*profiles.Denial),
		tuples: make(map[*profiles.Arguments]*tupleSet), programs: make(map[programKey]*profiles.Program),
		observed: newObserved(noFiles), changed: true,
	}
}

// begin starts the clock: the service's program runs.
func (r *recorder) begin(img *image) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun, r.news, r.changed = time.Now(), time.Now(), true
	r.main = &profiles.Entry{
		ID: profiles.MainEntry, Kind: profiles.EntryMain, Program: img.program, Args: img.args, Runs: 1,
	}
}

// call notes a call that was let through.
func (r *recorder) call(th *thread, key callKey, args *[6]uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.end.IsZero() {
		return
	}
	c := r.calls[key]
	if c == nil {
		if len(r.calls) >= maxCalls {
			r.lose(&r.loss.MapFull)
			return
		}
		c = &profiles.Syscall{
			Name: callName(key), Arch: key.arch, Part: profiles.PartApplication,
			First: r.origin(th), Runs: 1,
		}
		c.Args = r.newArguments(c.Name)
		r.calls[key] = c
		r.noteSpecial(key, c.Name)
	}
	// The phase changes rarely, so the last entry nearly always matches.
	if n := len(c.Phases); n == 0 || c.Phases[n-1] != r.phase {
		if !slices.Contains(c.Phases, r.phase) {
			c.Phases, r.changed = append(c.Phases, r.phase), true
		}
	}
	r.noteArguments(c.Args, args)
}

// deny notes a call that a filter refused.
func (r *recorder) deny(th *thread, v verdict, args *[6]uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.end.IsZero() {
		return
	}
	d := r.denied[v]
	if d == nil {
		if len(r.denied) >= maxCalls {
			r.lose(&r.loss.MapFull)
			return
		}
		d = &profiles.Denial{
			Name: callName(v.callKey), Arch: v.arch, Part: profiles.PartApplication,
			Errno: v.errno, Killed: v.killed, First: r.origin(th), Runs: 1,
		}
		d.Args = r.newArguments(d.Name)
		r.denied[v] = d
		if v.arch != r.native {
			r.loss.SecondArch = true
		}
	}
	r.noteArguments(d.Args, args)
}

// executed notes the program that a thread's process executes now; by is the one
// that executed it, and unread counts what of it could not be read.
func (r *recorder) executed(th *thread, by string, unread uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.end.IsZero() {
		return
	}
	if unread > 0 {
		r.changed = true
		r.loss.Strings += unread
	}
	key := programKey{th.image.program, by}
	if key.path == "" || r.programs[key] != nil {
		return
	}
	if len(r.programs) >= maxPrograms {
		r.lose(&r.loss.MapFull)
		return
	}
	r.programs[key] = &profiles.Program{
		Path: key.path, By: by, Part: profiles.PartApplication, First: r.origin(th), Runs: 1,
	}
}

// noteSpecial sets what a first sight means for the whole recording.
func (r *recorder) noteSpecial(key callKey, name string) {
	if key.arch != r.native {
		r.loss.SecondArch = true
	}
	if name == "io_uring_setup" {
		r.loss.IOURing = true
	}
}

// origin describes the thread as the first that did something. Its program is
// known from its execve; only the thread's name is read, while it stands still.
func (r *recorder) origin(th *thread) *profiles.Origin {
	r.news, r.changed = time.Now(), true
	comm := readComm(th.tid)
	if comm == "" {
		r.loss.Strings++
	}
	return &profiles.Origin{
		Program: th.image.program, Args: th.image.args, Comm: comm,
		Offset: uint64(r.news.Sub(r.begun).Milliseconds()), Phase: r.phase,
	}
}

func (r *recorder) lose(counter *uint64) {
	*counter++
	r.changed = true
}

func (r *recorder) unattributed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lose(&r.loss.Unattributed)
}

func (r *recorder) unread(n uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.loss.Strings += n
	r.changed = true
}

func (r *recorder) setPhase(p profiles.Phase) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phase = p
}

// freeze ends the recording; what comes later is ignored.
func (r *recorder) freeze() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.end.IsZero() {
		r.end = time.Now()
	}
}

func callName(key callKey) string {
	if name, ok := profiles.SyscallName(key.arch, int(key.nr)); ok {
		return name
	}
	nr := uint32(key.nr)
	if key.arch == profiles.ArchX32 {
		nr &^= x32Bit
	}
	return "syscall_" + strconv.FormatUint(uint64(nr), 10)
}
