package ebpf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/ringbuf"
	"golang.org/x/sys/unix"

	"batten/profiles"
	"batten/trace"
)

// treeUnits is TREE_UNITS of the programs: units below it are given out here.
const treeUnits = 256

// session is a running trace. One goroutine reads events; it ends at Close.
type session struct {
	kernel *loaded
	began  uint64 // boot time, ns
	uname  string

	units  *ebpf.Memory
	events *ringbuf.Reader
	reader sync.WaitGroup

	mu      sync.Mutex
	refused bool // refusals are watched for
	targets []*bound
	trees   uint32 // units given to trees so far
	phase   map[string]uint32
	dirty   bool
	truth   *truth // last reading of the maps
	seen    []evidence
	symbols symbols
	names   *resolver
	closed  bool
	// starting holds back the end while Start adds its targets.
	starting bool

	exited   chan struct{}
	exitOnce sync.Once
	exitCode int
}

// bound is a target and the units that are its.
type bound struct {
	trace.Target
	tree    uint32 // 0 for containers
	command *process
	first   []int // descriptors of the processes that were there when it was added
	done    bool
}

func newSession(l *loaded, o Options) (*session, error) {
	began, err := bootTime()
	if err != nil {
		return nil, err
	}
	units, err := l.Maps["units"].Memory()
	if err != nil {
		return nil, fmt.Errorf("map units: %w", err)
	}
	r, err := ringbuf.NewReader(l.Maps["events"])
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	s := &session{
		kernel: l, began: began, names: newResolver(), units: units, events: r, uname: kernelRelease(),
		phase: map[string]uint32{}, dirty: true, exited: make(chan struct{}),
	}
	s.reader.Add(1)
	go s.readEvents()
	return s, nil
}

// eventName asks what a name means, as in the programs.
const eventName = 6

func eventOf(raw []byte) (e objectsEvent, ok bool) {
	_, err := binary.Decode(raw, binary.NativeEndian, &e)
	return e, err == nil
}

// readEvents notes that something is new. What it is stands in the maps. Names are
// resolved at once, while the process that used them is there.
func (s *session) readEvents() {
	defer s.reader.Done()
	var rec ringbuf.Record
	for {
		if err := s.events.ReadInto(&rec); err != nil {
			if errors.Is(err, os.ErrClosed) {
				return
			}
			continue
		}
		if e, ok := eventOf(rec.RawSample); ok && e.Type == eventName {
			s.answer(e)
		}
		s.mu.Lock()
		s.dirty = true
		s.mu.Unlock()
	}
}

// Add implements trace.Session.
func (s *session) Add(t trace.Target) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := &bound{Target: t}
	if t.Command != nil && t.Command.Filter == nil {
		b.Run.Seccomp = profiles.SeccompRecord
	}
	if b.Run.Seccomp != profiles.SeccompRecord && b.Run.Seccomp != profiles.SeccompUnconfined {
		if err := s.watchRefusals(); err != nil {
			return err
		}
	}
	var err error
	switch {
	case t.Container != "":
		err = s.addContainer(b)
	case t.Command != nil:
		err = s.addCommand(b)
	case t.PID != 0:
		err = s.addProcess(b)
	default:
		err = errors.New("add target: it names no container, command or process")
	}
	if err != nil {
		return err
	}
	s.targets = append(s.targets, b)
	s.dirty = true
	return nil
}

// watchRefusals attaches what sees refused calls.
func (s *session) watchRefusals() error {
	if s.refused {
		return nil
	}
	s.refused = true
	if err := s.kernel.attachLate(); err != nil {
		return err
	}
	return s.kernel.change(func(set *objectsSession) { set.Refusals = 1 })
}

// phases of main processes, in the order of their buckets.
var phases = []profiles.Phase{profiles.PhaseStartup, profiles.PhaseSteady, profiles.PhaseShutdown}

// SetPhase implements trace.Session.
func (s *session) SetPhase(service string, p profiles.Phase) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, known := range phases {
		if known != p {
			continue
		}
		for _, b := range s.targets {
			if service == "" || b.Service.Name == service {
				s.phase[b.Service.Name] = uint32(i)
			}
		}
	}
	_, _ = s.bindUnits()
	// The phase is read from the unit when a thread refreshes its state.
	_ = s.kernel.change(func(*objectsSession) {})
}

// Snapshot implements trace.Session.
func (s *session) Snapshot() ([]profiles.Recording, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshot()
}

func (s *session) snapshot() ([]profiles.Recording, error) {
	if s.dirty || s.truth == nil || s.lostSince() {
		s.dirty = false
		t, err := s.read()
		if err != nil {
			s.dirty = true
			return nil, err
		}
		s.truth = t
		s.seen = s.gather()
	}
	now, err := bootTime()
	if err != nil {
		return nil, err
	}
	out := make([]profiles.Recording, len(s.targets))
	for i, b := range s.targets {
		out[i] = s.recording(b, s.seen[i], now)
	}
	return out, nil
}

// lostSince tells whether events were lost after the last reading: they may have
// been the only word of something new.
func (s *session) lostSince() bool {
	var loss [lossMax]uint64
	return s.kernel.Variables["loss"].Get(&loss) == nil && loss != s.truth.loss
}

// Exited implements trace.Session.
func (s *session) Exited() <-chan struct{} { return s.exited }

// ExitCode implements trace.Session.
func (s *session) ExitCode() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.exitCode
}

// Close implements trace.Session. Commands that still run go on.
func (s *session) Close() ([]profiles.Recording, error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, errors.New("close session: closed already")
	}
	s.closed = true
	s.dirty = true
	out, err := s.snapshot()
	s.mu.Unlock()
	s.events.Close()
	s.reader.Wait()
	s.kernel.Close()
	return out, err
}

func (s *session) conditions(b *bound, now uint64) profiles.Run {
	run := b.Run
	run.Backend = "ebpf/" + string(s.kernel.form)
	run.Arch = profiles.NativeArch(runtime.GOARCH)
	run.Kernel = s.uname
	run.CapabilitiesUnseen = !s.kernel.seesCapabilities()
	run.Files = s.kernel.files
	run.Seconds = seconds(now - s.began)
	return run
}

func seconds(ns uint64) uint64 { return ns / uint64(time.Second) }

func kernelRelease() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Release[:])
}
