package ebpf

import (
	"context"
	"errors"
	"fmt"
	"os"

	"batten/internal/launch"
	"batten/profiles"
	"batten/trace"
)

// Rung is one way of recording and whether it works here, found by trying it.
type Rung struct {
	Name   string `json:"name"`
	Works  bool   `json:"works"`
	Reason string `json:"reason,omitempty"` // why it does not work
	Sees   string `json:"sees"`
	Misses string `json:"misses,omitempty"`
	Enable string `json:"enable,omitempty"` // what would make it work
}

// Probe tries each form of the programs: it loads, attaches, traces a process and
// looks whether the process was seen, for some kernels attach programs that never
// run. Then come the ways of recording files and capabilities, which all forms
// share; without any form they are left out.
func Probe(ctx context.Context) []Rung {
	var out []Rung
	works := false
	for _, f := range Forms() {
		r := Rung{
			Name: "ebpf/" + string(f), Sees: "system calls let through and refused, arguments, programs", Misses: "what io_uring does",
			Enable: "run as root (or with CAP_BPF and CAP_PERFMON) on Linux 5.15 or newer with BTF",
		}
		if err := probeForm(ctx, f); err != nil {
			r.Reason = err.Error()
		} else {
			r.Works, works = true, true
		}
		out = append(out, r)
	}
	if !works {
		return out
	}
	for _, s := range steps {
		r := Rung{Name: s.name, Sees: s.sees, Misses: s.misses, Enable: s.enable}
		if err := s.try(); err != nil {
			r.Reason = err.Error()
		} else {
			r.Works = true
		}
		out = append(out, r)
	}
	return out
}

func probeForm(ctx context.Context, f Form) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find own program: %w", err)
	}
	p, err := launch.Prepare(&launch.Command{Args: []string{self}})
	if err != nil {
		return err
	}
	started, err := New(Options{Form: f, NoFiles: true}).Start(ctx, []trace.Target{{
		Service: profiles.Service{Name: "probe", Kind: profiles.KindProcess}, PID: p.PID,
	}})
	p.Abandon() // its end is the stimulus
	p.Wait()
	if err != nil {
		return err
	}
	rs, err := started.Close()
	if err != nil {
		return err
	}
	if len(rs[0].Syscalls) == 0 {
		return errors.New("it attaches, but never runs")
	}
	return nil
}
