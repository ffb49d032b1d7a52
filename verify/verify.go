// Package verify runs things under the policies that were made for them and
// reports what was denied.
//
// Invariants. The policy is enforced by the kernel, never only simulated. A
// denial that the policy intends (a call answered with ENOSYS so that a library
// falls back to another one) is reported, but is no failure. What cannot be seen is
// said in the result.
package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"
	"time"

	"batten/generators/seccomp"
	"batten/internal/launch"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
	"batten/trace/ptrace"
)

// Schema is the schema of [Result].
const Schema = "batten/verification/v1"

// ErrForeignPolicy means that a policy is for another architecture.
var ErrForeignPolicy = errors.New("policy is for another architecture")

// Options say what to run under what.
type Options struct {
	Policy  *seccomp.Policy // flattened for this machine already
	Host    profiles.Arch
	Command launch.Command // Filter and NoNewPrivileges are set here
	Name    string
	// Privileged loads the filter without no-new-privileges, as an engine does for
	// a container without it. It needs CAP_SYS_ADMIN.
	Privileged bool
	// Ptrace watches with ptrace even where eBPF would work.
	Ptrace bool
	// EBPF fails where eBPF does not work.
	EBPF bool
	// Stop ends the command early.
	Stop <-chan struct{}
	// Limit ends the command after a time; 0 is none.
	Limit time.Duration
	// Started is called with the running session, if set.
	Started func(trace.Session)
	// End ends the command early, on Stop or Limit; it returns when the command has
	// ended or will not.
	End func(context.Context, trace.Session) error
}

// Result is what a verification found.
type Result struct {
	Schema   string   `json:"schema"`
	Profile  string   `json:"profile,omitempty"` // file that the policy is of
	Passed   bool     `json:"passed"`
	ExitCode int      `json:"exitCode"` // of the command; 128+N when signal N ended it
	Backend  string   `json:"backend"`
	Denials  []Denial `json:"denials"`
	// Calls is how many different calls were let through.
	Calls     int           `json:"calls"`
	Stopped   bool          `json:"stopped,omitempty"`   // by an interrupt
	TimeLimit bool          `json:"timeLimit,omitempty"` // ended by Limit
	Loss      profiles.Loss `json:"loss"`
}

// Command runs a command under a policy until it ends.
func Command(ctx context.Context, o Options) (*Result, error) {
	filter, err := seccomp.Assemble(o.Policy, o.Host)
	if err != nil {
		return nil, fmt.Errorf("compile policy: %w", err)
	}
	o.Command.Filter, o.Command.NoNewPrivileges = filter, !o.Privileged
	session, err := start(ctx, o, filter)
	if err != nil {
		return nil, err
	}
	if o.Started != nil {
		o.Started(session)
	}
	result := &Result{Schema: Schema, Denials: []Denial{}}
	waitErr := wait(ctx, o, session, result)
	recs, err := session.Close()
	if err := errors.Join(waitErr, err); err != nil {
		return nil, err
	}
	result.ExitCode = session.ExitCode()
	for _, rec := range recs {
		result.add(rec, o.Host)
	}
	failed := slices.ContainsFunc(result.Denials, func(d Denial) bool { return !d.Intended })
	result.Passed = !failed && result.ExitCode == 0 && !result.Stopped && !result.TimeLimit && result.Loss.Complete()
	return result, nil
}

// start chooses the backend that sees denials, and runs the command.
func start(ctx context.Context, o Options, filter []syscall.SockFilter) (trace.Session, error) {
	target := trace.Target{
		Service: profiles.Service{Name: o.Name, Kind: profiles.KindCommand, Command: profiles.RedactArgs(o.Command.Args)},
		Run:     profiles.Run{Seccomp: profiles.SeccompCustom, NoNewPrivileges: !o.Privileged, StartupSeen: true},
		Command: &o.Command,
	}
	if !o.Ptrace {
		s, err := ebpf.New(ebpf.Options{Errnos: errnos(o.Policy), FilteredCalls: filtered(o.Policy)}).Start(ctx, []trace.Target{target})
		if err == nil || o.EBPF || !errors.Is(err, trace.ErrUnsupported) {
			return s, err
		}
	}
	judge := func(arch profiles.Arch, nr int32, ip uint64, args [6]uint64) (errno int, denied, killed bool) {
		ret, err := seccomp.Run(filter, seccomp.Data{NR: nr, Arch: arch.Audit(), IP: ip, Args: args})
		if err != nil {
			return 0, false, false
		}
		v := seccomp.VerdictOf(ret)
		switch v.Action {
		case seccomp.ActAllow, seccomp.ActLog:
			return 0, false, false
		case seccomp.ActErrno:
			return int(v.Errno), true, false
		}
		return 0, true, true
	}
	return ptrace.New(ptrace.Options{Judge: judge}).Start(ctx, []trace.Target{target})
}

// wait waits for the end of the command, or brings it about.
func wait(ctx context.Context, o Options, s trace.Session, r *Result) error {
	var limit <-chan time.Time
	if o.Limit > 0 {
		timer := time.NewTimer(o.Limit)
		defer timer.Stop()
		limit = timer.C
	}
	select {
	case <-s.Exited():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-limit:
		r.TimeLimit = true
	case <-o.Stop:
		r.Stopped = true
	}
	if o.End == nil {
		return nil
	}
	return o.End(ctx, s)
}

// errnos are the errors with which a policy answers refused calls.
func errnos(p *seccomp.Policy) []int {
	var out []int
	add := func(n *uint) {
		if n != nil && !slices.Contains(out, int(*n)) {
			out = append(out, int(*n))
		}
	}
	add(p.DefaultErrnoRet)
	for _, r := range p.Syscalls {
		add(r.ErrnoRet)
	}
	return out
}

// filtered are the calls that a policy judges by their arguments.
func filtered(p *seccomp.Policy) []string {
	var out []string
	for _, r := range p.Syscalls {
		if len(r.Args) > 0 {
			out = append(out, r.Names...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
