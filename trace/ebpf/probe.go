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

// Rung is one way of tracing and whether it works here, found by trying it.
type Rung struct {
	Name   string `json:"name"`
	Works  bool   `json:"works"`
	Reason string `json:"reason,omitempty"` // why it does not work
	Sees   string `json:"sees"`
	Misses string `json:"misses"`
}

const (
	sees         = "system calls let through and refused, arguments, programs, capabilities"
	missesAlways = "what io_uring does, files and sockets behind a call"
)

// Probe tries each form: it loads, attaches, traces a process and looks whether
// the process was seen. Some kernels attach programs that never run.
func Probe(ctx context.Context) []Rung {
	var out []Rung
	for _, f := range Forms() {
		r := Rung{Name: "ebpf/" + string(f), Sees: sees, Misses: missesAlways}
		capabilities, err := probeForm(ctx, f)
		if err != nil {
			r.Reason = err.Error()
		} else {
			r.Works = true
		}
		if err == nil && !capabilities {
			r.Sees = "system calls let through and refused, arguments, programs"
			r.Misses = "capabilities (the tracepoint exists since Linux 6.14), " + missesAlways
		}
		out = append(out, r)
	}
	return out
}

func probeForm(ctx context.Context, f Form) (capabilities bool, err error) {
	self, err := os.Executable()
	if err != nil {
		return false, fmt.Errorf("find own program: %w", err)
	}
	p, err := launch.Prepare(&launch.Command{Args: []string{self}})
	if err != nil {
		return false, err
	}
	started, err := New(Options{Form: f}).Start(ctx, []trace.Target{{
		Service: profiles.Service{Name: "probe", Kind: profiles.KindProcess}, PID: p.PID,
	}})
	p.Abandon() // its end is the stimulus
	p.Wait()
	if err != nil {
		return false, err
	}
	capabilities = started.(*session).kernel.seesCapabilities()
	rs, err := started.Close()
	if err != nil {
		return capabilities, err
	}
	if len(rs[0].Syscalls) == 0 {
		return capabilities, errors.New("it attaches, but never runs")
	}
	return capabilities, nil
}
