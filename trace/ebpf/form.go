package ebpf

import (
	"errors"
	"fmt"
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
	// refusals marks hooks that only see refused calls. They cost the whole host
	// something at every call, so they are attached when a target can be refused.
	refusals bool
}

var hooks = map[Form][]hook{
	FormBTF: {
		{program: "enter_btf"}, {program: "exit_btf", refusals: true}, {program: "fork_btf"}, {program: "exec_btf"},
		{program: "gone_btf"}, {program: "signal_btf", optional: true, refusals: true}, {program: "capable_btf", optional: true},
	},
	FormRaw: {
		{program: "enter_raw"}, {program: "exit_raw", refusals: true}, {program: "fork_raw"}, {program: "exec_raw"},
		{program: "gone_raw"}, {program: "signal_raw", optional: true, refusals: true}, {program: "capable_raw", optional: true},
	},
	FormTracepoint: {
		{program: "enter_tp", group: "raw_syscalls", name: "sys_enter"},
		{program: "exit_tp", group: "raw_syscalls", name: "sys_exit", refusals: true},
		{program: "fork_raw"}, {program: "exec_raw"}, {program: "gone_raw"},
		{program: "signal_raw", optional: true, refusals: true}, {program: "capable_raw", optional: true},
	},
}

// loaded is a form at work.
type loaded struct {
	form Form
	*ebpf.Collection
	links   []link.Link
	missing []string // optional hooks that this kernel refused
}

func (l *loaded) Close() {
	for _, k := range l.links {
		k.Close()
	}
	l.Collection.Close()
}

// load brings one form into the kernel without attaching it.
func load(spec *ebpf.CollectionSpec, form Form) (*loaded, error) {
	var missing []string
	for {
		s := spec.Copy()
		keep := map[string]bool{}
		for _, h := range hooks[form] {
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
			return &loaded{form: form, Collection: coll, missing: missing}, nil
		}
		gone := refusedOptional(form, err, missing)
		if gone == "" {
			return nil, fmt.Errorf("load %s programs: %w", form, firstLine(err))
		}
		missing = append(missing, gone)
	}
}

// refusedOptional names the optional program that an error is about.
func refusedOptional(form Form, err error, already []string) string {
	for _, h := range hooks[form] {
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
	if !cut {
		return err
	}
	return errors.New(line)
}

// attach starts the hooks of a form that see refusals, or the others. Processes
// are hooked before calls, so that no child is born unseen.
func (l *loaded) attach(refusals bool) error {
	list := hooks[l.form]
	for i := len(list) - 1; i >= 0; i-- {
		h := list[i]
		p := l.Programs[h.program]
		if p == nil || h.refusals != refusals {
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

func attachOne(p *ebpf.Program, h hook) (link.Link, error) {
	switch p.Type() {
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
	for _, m := range l.missing {
		if strings.HasPrefix(m, "capable") {
			return false
		}
	}
	return true
}
