package bench

import (
	"bytes"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"batten/internal/docker"
	"batten/internal/launch"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
	"batten/trace/ptrace"
)

// record is the filter under which batten records: everything is let through.
const record = `seccomp={"defaultAction":"SCMP_ACT_ALLOW","syscalls":[]}`

// session traces what f runs.
func session(b *testing.B, o ebpf.Options, f func(trace.Session)) {
	b.Helper()
	s, err := ebpf.New(o).Start(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	f(s)
	if _, err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkLoops(b *testing.B) {
	require.EBPF(b)
	if !once(b) {
		return
	}
	engine := require.Docker(b)
	strace := require.Tool(b, "ebpf", "strace")
	for _, loop := range []struct {
		name        string
		fast, slow  int // iterations, untraced and under strace
		description string
	}{
		{"getppid", 1_000_000, 4_000, "getppid loop"},
		{"openclose", 150_000, 2_000, "open and close loop"},
	} {
		program, image := images.Program(b, loop.name), images.Scratch(b, loop.name)
		fast, slow := strconv.Itoa(loop.fast), strconv.Itoa(loop.slow)
		inside := func(b *testing.B) float64 { return containerLoop(b, engine, image, fast) }
		outside := func(b *testing.B) float64 { return commandLoop(b, program, fast) }
		traced := func(o ebpf.Options, run func(*testing.B) float64) func(*testing.B) float64 {
			return func(b *testing.B) (v float64) {
				session(b, o, func(trace.Session) { v = run(b) })
				return v
			}
		}
		compare(b, loop.description+", in a container", "ns", 5,
			variant{"untraced", inside},
			variant{"traced, without files", traced(ebpf.Options{NoFiles: true}, inside)},
			variant{"traced", traced(ebpf.Options{}, inside)},
			variant{"traced, watching for refusals", traced(ebpf.Options{Refusals: true}, inside)},
			variant{"traced, raw_tp", traced(ebpf.Options{Form: ebpf.FormRaw}, inside)},
			variant{"traced, tracepoint", traced(ebpf.Options{Form: ebpf.FormTracepoint}, inside)})
		compare(b, loop.description+", elsewhere on the host", "ns", 5,
			variant{"untraced", outside},
			variant{"while a container is traced, without files", traced(ebpf.Options{NoFiles: true}, outside)},
			variant{"while a container is traced", traced(ebpf.Options{}, outside)},
			variant{"… watching for refusals", traced(ebpf.Options{Refusals: true}, outside)},
			variant{"batten, ptrace", func(b *testing.B) float64 { return ptraceLoop(b, ptrace.SeccompOff, program, slow) }},
			variant{"batten, ptrace with a trace filter", func(b *testing.B) float64 { return ptraceLoop(b, ptrace.SeccompOn, program, slow) }},
			variant{"strace -f", func(b *testing.B) float64 {
				return commandLoop(b, strace, "-f", "-o", "/dev/null", program, slow)
			}},
			variant{"strace -f --seccomp-bpf, call not traced", func(b *testing.B) float64 {
				return commandLoop(b, strace, "-f", "--seccomp-bpf", "-e", "trace=execve", "-o", "/dev/null", program, fast)
			}})
	}
}

// commandLoop runs a loop that prints the nanoseconds of one iteration.
func commandLoop(b *testing.B, args ...string) float64 {
	b.Helper()
	out, err := exec.Command(args[0], args[1:]...).Output()
	if err != nil {
		b.Fatalf("%v: %v", args, err)
	}
	return number(b, string(out))
}

// ptraceLoop runs a loop under batten's tracer without privilege.
func ptraceLoop(b *testing.B, mode ptrace.SeccompTrace, args ...string) float64 {
	b.Helper()
	var out bytes.Buffer
	s, err := ptrace.New(ptrace.Options{SeccompTrace: mode}).Start(b.Context(), []trace.Target{{
		Service: profiles.Service{Name: "loop", Kind: profiles.KindCommand}, Command: &launch.Command{Args: args, Stdout: &out},
	}})
	if err != nil {
		b.Fatal(err)
	}
	<-s.Exited()
	if _, err := s.Close(); err != nil {
		b.Fatal(err)
	}
	return number(b, out.String())
}

func containerLoop(b *testing.B, engine *docker.Engine, image, rounds string) float64 {
	b.Helper()
	id, err := engine.Run(b.Context(), docker.Spec{Image: image, Command: []string{rounds}, SecurityOpt: []string{record}, Network: "none"})
	if err != nil {
		b.Fatal(err)
	}
	defer engine.Remove(require.Context(b), id)
	if code, err := engine.Wait(b.Context(), id); err != nil || code != 0 {
		b.Fatalf("exit code %d, %v", code, err)
	}
	out, err := engine.Logs(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	return number(b, out)
}

func number(b *testing.B, text string) float64 {
	b.Helper()
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// follow adds a container that runs to a session.
func follow(b *testing.B, s trace.Session, id string) {
	b.Helper()
	err := s.Add(trace.Target{
		Service: profiles.Service{Name: id[:12], Kind: profiles.KindContainer}, Container: id,
		Run: profiles.Run{Seccomp: profiles.SeccompRecord},
	})
	if err != nil {
		b.Fatal(err)
	}
}
