package ebpf

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
)

// Form is the way in which the programs are attached. All see the same; they
// differ in cost and in the kernels that offer them.
type Form string

const (
	FormBTF        Form = "tp_btf"
	FormRaw        Form = "raw_tp"
	FormTracepoint Form = "tracepoint"
)

// Forms returns the ladder, best first.
func Forms() []Form { return []Form{FormBTF, FormRaw, FormTracepoint} }

// hook is one program and where it goes.
type hook struct {
	program string
	// group and name of a tracepoint; for raw_tp and tp_btf the kernel name is in
	// the program itself.
	group, name string
	// optional hooks may be refused: what they see is then missing, and said so.
	optional bool
	// late marks hooks that see refused calls, and files where those are recorded from
	// calls. They cost the whole host something at every call, so they are attached
	// when a target can be refused, or files are wanted.
	late bool
	// returns marks a kretprobe; name is then its function, as of a kprobe.
	returns bool
}

var hooks = map[Form][]hook{
	FormBTF: {
		{program: "enter_btf"}, {program: "exit_btf", late: true}, {program: "fork_btf"}, {program: "exec_btf"},
		{program: "gone_btf"}, {program: "signal_btf", optional: true, late: true},
	},
	FormRaw: {
		{program: "enter_raw"}, {program: "exit_raw", late: true}, {program: "fork_raw"}, {program: "exec_raw"},
		{program: "gone_raw"}, {program: "signal_raw", optional: true, late: true},
	},
	FormTracepoint: {
		{program: "enter_tp", group: "raw_syscalls", name: "sys_enter"},
		{program: "exit_tp", group: "raw_syscalls", name: "sys_exit", late: true},
		{program: "fork_raw"}, {program: "exec_raw"}, {program: "gone_raw"},
		{program: "signal_raw", optional: true, late: true},
	},
}

// loaded is a form at work.
type loaded struct {
	form  Form
	hooks []hook
	rungs
	*ebpf.Collection
	links   []link.Link
	missing []string // optional hooks that this kernel refused
	late    bool     // the late hooks are attached
}

func (l *loaded) Close() {
	for _, k := range l.links {
		k.Close()
	}
	l.Collection.Close()
}

// load brings one form, and what records capabilities and files, into the kernel
// without attaching it.
func load(spec *ebpf.CollectionSpec, form Form, more rungs) (*loaded, error) {
	var missing []string
	list := append(slices.Clone(hooks[form]), more.hooks(form)...)
	for {
		s := spec.Copy()
		keep := map[string]bool{}
		for _, h := range list {
			keep[h.program] = true
		}
		for _, m := range missing {
			delete(keep, m)
		}
		for name := range s.Programs {
			if !keep[name] {
				delete(s.Programs, name)
			}
		}
		coll, err := ebpf.NewCollection(s)
		if err == nil {
			return &loaded{form: form, hooks: list, rungs: more, Collection: coll, missing: missing}, nil
		}
		gone := refusedOptional(list, err, missing)
		if gone == "" {
			return nil, fmt.Errorf("load %s programs: %w", form, firstLine(err))
		}
		missing = append(missing, gone)
	}
}

// refusedOptional names the optional program that an error is about.
func refusedOptional(list []hook, err error, already []string) string {
	for _, h := range list {
		if h.optional && strings.Contains(err.Error(), "program "+h.program+":") && !contains(already, h.program) {
			return h.program
		}
	}
	return ""
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// firstLine keeps the verifier's log out of messages.
func firstLine(err error) error {
	line, _, cut := strings.Cut(err.Error(), "\n")
	var refused *ebpf.VerifierError
	if !cut && !errors.As(err, &refused) {
		return err
	}
	return errors.New(line) // the verifier's "permission denied" is about the program
}

// attach starts the late hooks of a form, or the others. Processes
// are hooked before calls, so that no child is born unseen.
func (l *loaded) attach(late bool) error {
	list := l.hooks
	for i := len(list) - 1; i >= 0; i-- {
		h := list[i]
		p := l.Programs[h.program]
		if p == nil || h.late != late {
			continue
		}
		k, err := attachOne(p, h)
		if err != nil {
			if h.optional {
				l.missing = append(l.missing, h.program)
				continue
			}
			return fmt.Errorf("attach %s: %w", h.program, err)
		}
		l.links = append(l.links, k)
	}
	return nil
}

// attachLate starts the late hooks, once.
func (l *loaded) attachLate() error {
	if l.late {
		return nil
	}
	l.late = true
	return l.attach(true)
}

func attachOne(p *ebpf.Program, h hook) (link.Link, error) {
	switch p.Type() {
	case ebpf.LSM:
		return link.AttachLSM(link.LSMOptions{Program: p})
	case ebpf.Kprobe:
		if h.returns {
			return link.Kretprobe(h.name, p, nil)
		}
		return link.Kprobe(h.name, p, nil)
	case ebpf.Tracing:
		return link.AttachTracing(link.TracingOptions{Program: p})
	case ebpf.TracePoint:
		return link.Tracepoint(h.group, h.name, p, nil)
	}
	return link.AttachRawTracepoint(link.RawTracepointOptions{Program: p, Name: rawNames[h.program]})
}

var rawNames = map[string]string{
	"enter_raw": "sys_enter", "exit_raw": "sys_exit", "fork_raw": "sched_process_fork",
	"exec_raw": "sched_process_exec", "gone_raw": "sched_process_exit",
	"signal_raw": "signal_generate", "capable_raw": "cap_capable",
}

// missed counts how often the kernel did not run a program, because it was
// running on that processor already (Linux 5.12).
func (l *loaded) missed() uint64 {
	var sum uint64
	for _, p := range l.Programs {
		if stats, err := p.Stats(); err == nil {
			sum += stats.RecursionMisses
		}
	}
	return sum
}

// seesCapabilities tells whether capability checks are recorded.
func (l *loaded) seesCapabilities() bool {
	if l.capabilities == CapabilitiesOff {
		return false
	}
	for _, m := range l.missing {
		if strings.HasPrefix(m, "capable") {
			return false
		}
	}
	return true
}
