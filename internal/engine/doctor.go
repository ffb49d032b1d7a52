package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"batten/internal/compose"
	"batten/internal/docker"
	"batten/internal/fault"
	"batten/internal/launch"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
	"batten/trace/ptrace"
)

// DoctorSchema is the schema of [Diagnosis].
const DoctorSchema = "batten/doctor/v1"

// Diagnosis is what works on this machine.
type Diagnosis struct {
	Schema string  `json:"schema"`
	Kernel string  `json:"kernel"`
	Arch   string  `json:"arch"`
	Rungs  []Check `json:"backends"` // best first
	Checks []Check `json:"checks"`
}

// Check is one thing and whether it works.
type Check struct {
	Name   string `json:"name"`
	Works  bool   `json:"works"`
	Detail string `json:"detail,omitempty"` // what was found, or why it does not work
	Sees   string `json:"sees,omitempty"`
	Misses string `json:"misses,omitempty"`
	Enable string `json:"enable,omitempty"` // how to get it, when it does not work
}

// Doctor tries what batten could use. The error is of kind Environment when
// nothing can be traced at all.
func (e *Engine) Doctor(ctx context.Context) (*Diagnosis, error) {
	d := &Diagnosis{Schema: DoctorSchema, Kernel: kernelRelease(), Arch: string(profiles.NativeArch(runtime.GOARCH))}
	for _, r := range ebpf.Probe(ctx) {
		c := Check{Name: r.Name, Works: r.Works, Detail: r.Reason, Sees: r.Sees, Misses: r.Misses}
		if !r.Works {
			c.Enable = r.Enable
		}
		d.Rungs = append(d.Rungs, c)
	}
	d.Rungs = append(d.Rungs, checkPtrace(ctx))
	d.Checks = append(d.Checks, checkAttach(), checkFilter())
	d.Checks = append(d.Checks, checkDocker(ctx)...)
	d.Checks = append(d.Checks, checkCompose(ctx), checkLibrary())
	for _, r := range d.Rungs {
		if r.Works {
			return d, nil
		}
	}
	return d, fault.New(fault.Environment, "see the last column of the list", "no way of tracing works here")
}

// checkPtrace traces a program that ends at once.
func checkPtrace(ctx context.Context) Check {
	c := Check{
		Name: "ptrace", Sees: "system calls, arguments, programs, files, sockets, signals and mounts of commands and of the user's own processes",
		Misses: "containers, capabilities, what io_uring does, files and sockets of 32-bit calls, and those that were open before " +
			"or came through a socket; slows the traced program a lot",
	}
	if err := tracesItself(ctx); err != nil {
		c.Detail, c.Enable = err.Error(), "allow ptrace: a seccomp filter or kernel.yama.ptrace_scope=3 forbids it"
		return c
	}
	c.Works = true
	return c
}

func tracesItself(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find own program: %w", err)
	}
	s, err := ptrace.New(ptrace.Options{}).Start(ctx, []trace.Target{{
		Service: profiles.Service{Name: "probe", Kind: profiles.KindCommand},
		Command: &launch.Command{Args: []string{self, "version"}},
	}})
	if err != nil {
		return err
	}
	select {
	case <-s.Exited():
	case <-ctx.Done():
	}
	recs, err := s.Close()
	if err == nil && (len(recs) != 1 || len(recs[0].Syscalls) == 0) {
		err = errors.New("it attaches, but sees nothing")
	}
	return err
}

// checkAttach reads who may attach to running processes.
func checkAttach() Check {
	c := Check{Name: "attach to processes"}
	data, err := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope")
	scope := strings.TrimSpace(string(data))
	switch {
	case err != nil:
		c.Works, c.Detail = true, "no restriction beyond ownership (no Yama)"
	case scope == "0":
		c.Works, c.Detail = true, "own processes (ptrace_scope 0)"
	case scope == "3":
		c.Detail, c.Enable = "forbidden until the next boot (ptrace_scope 3)", "boot with kernel.yama.ptrace_scope below 3"
	case os.Geteuid() == 0:
		c.Works, c.Detail = true, "any process, as root (ptrace_scope "+scope+")"
	default:
		c.Detail, c.Enable = "only own children (ptrace_scope "+scope+")", "run as root, or set kernel.yama.ptrace_scope=0"
	}
	return c
}

// checkFilter tells how seccomp filters can be loaded.
func checkFilter() Check {
	c := Check{Name: "seccomp filters"}
	if _, err := os.Stat("/proc/sys/kernel/seccomp/actions_avail"); err != nil {
		c.Detail, c.Enable = "this kernel has none", "use a kernel with CONFIG_SECCOMP_FILTER"
		return c
	}
	c.Works, c.Detail = true, "loaded with no-new-privileges (without it as root)"
	if hasCapability(capSysAdmin) {
		c.Detail = "with and without no-new-privileges"
	}
	return c
}

func checkDocker(ctx context.Context) []Check {
	c := Check{Name: "docker engine"}
	engine, err := docker.Connect(ctx)
	if err != nil {
		c.Detail, c.Enable = err.Error(), "install and start Docker Engine, or join its group; commands are traced without it"
		return []Check{c}
	}
	defer engine.Close()
	facts, err := engine.Facts(ctx)
	if err != nil {
		c.Detail = err.Error()
		return []Check{c}
	}
	c.Works = true
	c.Detail = fmt.Sprintf("%s at %s, cgroup v%s (%s), storage %s", facts.Version, engine.Host(), facts.CgroupVersion, facts.CgroupDriver, facts.StorageDriver)
	r := Check{Name: "container runtime", Works: true, Detail: runtimeText(facts.RuntimePath, facts.RuntimeVersion)}
	switch {
	case facts.RuntimeBinary == "":
		r.Detail += ", not on this machine: its needs come from the built-in table"
	case facts.Rootless || facts.UserNamespace:
		r.Detail += ", in a user namespace"
	}
	for _, nnp := range []bool{false, true} {
		if needs, ok := cachedFor(facts.RuntimeBinary, nnp); ok {
			r.Detail += fmt.Sprintf("; measured: %d calls%s", len(needs.Syscalls), map[bool]string{true: " with no-new-privileges"}[nnp])
		}
	}
	filter := Check{Name: "seccomp in docker", Works: facts.Seccomp, Detail: "containers are filtered by default"}
	if !facts.Seccomp {
		filter.Detail, filter.Enable = "the engine runs containers without filters", "use an engine that was built with seccomp"
	}
	return []Check{c, r, filter}
}

// cachedFor finds the measurement of a runtime binary.
func cachedFor(binary string, nnp bool) (profiles.RuntimeNeeds, bool) {
	if binary == "" {
		return profiles.RuntimeNeeds{}, false
	}
	hash, err := hashFile(binary)
	if err != nil {
		return profiles.RuntimeNeeds{}, false
	}
	return readNeeds(profiles.RuntimeNeeds{Hash: hash, NoNewPrivileges: nnp})
}

func checkCompose(ctx context.Context) Check {
	c := Check{Name: "compose"}
	tool, err := compose.Find(ctx)
	if err != nil {
		c.Detail, c.Enable = err.Error(), "install the docker compose plugin, or docker-compose"
		return c
	}
	c.Works, c.Detail = true, tool.Name()+" "+tool.Version
	return c
}

func checkLibrary() Check {
	c := Check{Name: "libseccomp"}
	if v := LibraryVersion(); v != "" {
		c.Works, c.Detail = true, v+": profiles are also compiled as a container runtime compiles them"
		return c
	}
	c.Detail, c.Enable = "built without: profiles are checked by batten's own compiler and interpreter only",
		"build with cgo and libseccomp's headers (libseccomp-dev)"
	return c
}
