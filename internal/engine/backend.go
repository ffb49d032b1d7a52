package engine

import (
	"context"
	"errors"
	"fmt"

	"batten/internal/fault"
	"batten/internal/launch"
	"batten/trace"
	"batten/trace/ebpf"
	"batten/trace/ptrace"
)

// Backend names a way of tracing, as the user chooses it.
type Backend string

const (
	BackendAuto   Backend = "auto" // the best that works
	BackendEBPF   Backend = "ebpf"
	BackendPtrace Backend = "ptrace"
)

// Backends are the values that --backend takes.
func Backends() []Backend { return []Backend{BackendAuto, BackendEBPF, BackendPtrace} }

// ParseBackend reads a backend's name.
func ParseBackend(s string) (Backend, error) {
	for _, b := range Backends() {
		if string(b) == s {
			return b, nil
		}
	}
	return "", fault.New(fault.Usage, "choose auto, ebpf or ptrace", "unknown backend %q", s)
}

// startSession starts tracing with the best backend that works. Containers can
// only be traced by ebpf. noFiles leaves out what a policy over files needs.
func (e *Engine) startSession(ctx context.Context, want Backend, noFiles, containers bool, targets []trace.Target) (trace.Session, error) {
	if want != BackendPtrace {
		s, err := ebpf.New(ebpf.Options{NoFiles: noFiles}).Start(ctx, targets)
		if err == nil {
			return s, nil
		}
		if !errors.Is(err, trace.ErrUnsupported) {
			return nil, explainStart(err)
		}
		if containers || want == BackendEBPF {
			return nil, fault.New(fault.Environment, "run as root on a kernel with BTF; see batten doctor", "start tracing: %w", err)
		}
		e.info(fmt.Sprintf("tracing with ptrace, which does not see capabilities: %v", err))
	}
	s, err := ptrace.New(ptrace.Options{NoFiles: noFiles}).Start(ctx, targets)
	if err != nil {
		return nil, explainStart(err)
	}
	return s, nil
}

// explainStart gives errors of starting a trace their kind and hint.
func explainStart(err error) error {
	switch {
	case errors.Is(err, launch.ErrNotExecutable):
		return fault.Default(fault.Usage, err, "check the path and that the file may be executed")
	case errors.Is(err, trace.ErrNoTarget):
		return fault.Default(fault.Usage, err, "look for it with ps or docker ps")
	case errors.Is(err, trace.ErrUnsupported):
		return fault.Default(fault.Environment, err, "batten doctor says what works here and what would enable the rest")
	}
	return err
}
