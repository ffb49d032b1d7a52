package ebpf

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"

	"batten/profiles"
	"batten/trace"
)

// Options of the tracer. The zero value is right for use.
type Options struct {
	// Form restricts the ladder to one rung; "" tries all, best first.
	Form Form
	// RingBytes is the size of the event buffer, rounded up to a power of two of
	// at least one page; 0 means 256 KiB.
	RingBytes int
	// Errnos are errors with which the filters in force answer refused calls,
	// besides EPERM and ENOSYS.
	Errnos []int
	// Refusals watches for refused calls from the start. Otherwise that begins
	// with the first target that can be refused anything: one that does not run
	// under a filter that lets everything through.
	Refusals bool
	// NoFiles leaves out files, sockets and contacts, and what recording them costs:
	// something at every call that returns.
	NoFiles bool
	// Files restricts the ways of recording them to one; "" tries all, best first.
	Files profiles.FileTracing
	// Capabilities restricts the ways of recording capability checks to one; "" tries
	// all, best first.
	Capabilities CapabilityTracing
	// FilteredCalls are calls that a filter in force judges by their arguments,
	// besides those whose arguments are recorded anyway.
	FilteredCalls []string
}

// Tracer records through the kernel.
type Tracer struct{ options Options }

// New makes a tracer. It touches nothing before Start.
func New(o Options) *Tracer { return &Tracer{options: o} }

// Name implements trace.Tracer.
func (t *Tracer) Name() string { return "ebpf" }

// Start implements trace.Tracer. It returns trace.ErrUnsupported when no form
// can be loaded, with the reason.
func (t *Tracer) Start(ctx context.Context, targets []trace.Target) (trace.Session, error) {
	l, err := t.open()
	if err != nil {
		return nil, err
	}
	s, err := newSession(l, t.options)
	if err != nil {
		l.Close()
		return nil, err
	}
	if t.options.Refusals {
		if err := s.watchRefusals(); err != nil {
			s.Close()
			return nil, err
		}
	}
	s.starting = true
	for _, target := range targets {
		err := ctx.Err()
		if err == nil {
			err = s.Add(target)
		}
		if err != nil {
			s.Close()
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.starting = false
	s.maybeExited()
	return s, nil
}

// open loads and attaches the first form that works.
func (t *Tracer) open() (*loaded, error) {
	if _, err := os.Stat("/sys/kernel/btf/vmlinux"); err != nil {
		return nil, fmt.Errorf("%w: this kernel has no type information (/sys/kernel/btf/vmlinux)", trace.ErrUnsupported)
	}
	// Reading the kernel's symbols takes as long as loading; both at once.
	type span struct{ start, end uint64 }
	found := make(chan span, 1)
	go func() {
		var s span
		s.start, s.end = functionRange("cap_capable")
		found <- s
	}()
	capable := sync.OnceValues(func() (uint64, uint64) { s := <-found; return s.start, s.end })
	spec, err := t.spec()
	if err != nil {
		return nil, err
	}
	forms := Forms()
	if t.options.Form != "" {
		forms = []Form{t.options.Form}
	}
	var errs []error
	for _, f := range forms {
		l, err := t.try(spec, f, capable)
		if err == nil {
			return l, nil
		}
		if errors.Is(err, unix.EPERM) || errors.Is(err, os.ErrPermission) {
			return nil, fmt.Errorf("%w: loading programs into the kernel needs root, or CAP_BPF with CAP_PERFMON", trace.ErrUnsupported)
		}
		errs = append(errs, err)
	}
	return nil, fmt.Errorf("%w: %w", trace.ErrUnsupported, errors.Join(errs...))
}

func (t *Tracer) try(spec *ebpf.CollectionSpec, f Form, capable func() (uint64, uint64)) (*loaded, error) {
	l, err := load(spec, f, chooseRungs(t.options))
	if err != nil {
		return nil, err
	}
	if err := l.prepare(t.options, capable); err != nil {
		l.Close()
		return nil, err
	}
	if err := l.attach(false); err != nil {
		l.Close()
		return nil, err
	}
	if l.files == profiles.FilesCalls {
		if err := l.attachLate(); err != nil {
			l.Close()
			return nil, err
		}
	}
	return l, nil
}

// spec reads the programs and sets what is fixed for a session.
func (t *Tracer) spec() (*ebpf.CollectionSpec, error) {
	spec, err := loadObjects()
	if err != nil {
		return nil, fmt.Errorf("read programs: %w", err)
	}
	if n := t.options.RingBytes; n > 0 {
		size := uint32(os.Getpagesize())
		for int(size) < n {
			size *= 2
		}
		spec.Maps["events"].MaxEntries = size
	}
	masks, types := argumentTables(profiles.NativeArch(runtime.GOARCH), t.options.FilteredCalls)
	if err := spec.Variables["argument_mask"].Set(masks); err != nil {
		return nil, fmt.Errorf("set argument table: %w", err)
	}
	if err := spec.Variables["type_mask"].Set(types); err != nil {
		return nil, fmt.Errorf("set argument table: %w", err)
	}
	if err := setFileTable(spec, fileTable(profiles.NativeArch(runtime.GOARCH))); err != nil {
		return nil, err
	}
	return spec, setHash(spec)
}

// setHash draws the numbers that hashes of paths depend on, so that no program can
// choose names of the same hash.
func setHash(spec *ebpf.CollectionSpec) error {
	var drawn [16]byte
	if _, err := rand.Read(drawn[:]); err != nil {
		return fmt.Errorf("draw hash: %w", err)
	}
	seed, factor := binary.NativeEndian.Uint64(drawn[:8]), binary.NativeEndian.Uint64(drawn[8:])
	if err := errors.Join(spec.Variables["hash_seed"].Set(seed), spec.Variables["hash_factor"].Set(factor|1)); err != nil {
		return fmt.Errorf("set hash: %w", err)
	}
	return nil
}

const maxNumber = 512 // MAX_NR of the programs

// argumentTables turns the argument specifications into tables by call number.
func argumentTables(arch profiles.Arch, filtered []string) (masks [maxNumber]uint8, types [maxNumber]uint64) {
	for _, name := range filtered {
		if nr, ok := profiles.SyscallNumber(arch, name); ok && nr < maxNumber {
			masks[nr] |= 0x10
		}
	}
	for _, s := range profiles.ArgumentSpecs() {
		nr, ok := profiles.SyscallNumber(arch, s.Syscall)
		if !ok || nr >= maxNumber {
			continue
		}
		for i, index := range s.Index {
			masks[nr] |= 1 << index
			if index == 1 && i < len(s.Mask) {
				types[nr] = s.Mask[i]
			}
		}
	}
	return masks, types
}
