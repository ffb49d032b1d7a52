package engine

import (
	"context"
	"os"
	"path/filepath"
	"strconv"

	"batten/internal/fault"
	"batten/profiles"
	"batten/trace"
)

// processSubject is processes that run already. They are left running.
type processSubject struct {
	request TraceRequest
	pids    []int
}

func (p *processSubject) prepare(context.Context) ([]trace.Target, error) {
	var out []trace.Target
	for _, pid := range p.pids {
		exe, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/exe")
		if os.IsNotExist(err) {
			return nil, fault.New(fault.Usage, "look for it with ps", "trace pid:%d: %w", pid, trace.ErrNoTarget)
		}
		if err != nil {
			return nil, fault.New(fault.Environment, "run batten as root or as the owner of the process", "trace pid:%d: %w", pid, err)
		}
		name := p.request.Name
		if name == "" {
			name = filepath.Base(exe)
		}
		if len(p.pids) > 1 {
			name += "-" + strconv.Itoa(pid)
		}
		filter, nnp := conditionsOf(strconv.Itoa(pid))
		out = append(out, trace.Target{
			Service: profiles.Service{Name: name, Kind: profiles.KindProcess, Command: profiles.RedactArgs([]string{exe})},
			Run:     profiles.Run{Seccomp: filter, NoNewPrivileges: nnp, Workload: profiles.RedactText(p.request.Workload)},
			PID:     pid,
		})
	}
	return out, nil
}

func (p *processSubject) begin(_ context.Context, s trace.Session) error {
	s.SetPhase("", profiles.PhaseSteady)
	return nil
}

func (p *processSubject) ready(context.Context) (bool, bool) { return true, true }
func (p *processSubject) done() <-chan struct{}              { return nil }
func (p *processSubject) end(context.Context) error          { return nil }
func (p *processSubject) Close() error                       { return nil }
