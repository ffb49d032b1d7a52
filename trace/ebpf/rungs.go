package ebpf

import (
	"os"
	"slices"
	"strings"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"

	"batten/profiles"
)

// CapabilityTracing is a way of recording capability checks.
type CapabilityTracing string

const (
	// CapabilitiesFexit is a program at the return of cap_capable. It sees which checks
	// are not audited.
	CapabilitiesFexit CapabilityTracing = "fexit"
	// CapabilitiesTracepoint is the trace point capability:cap_capable, Linux 6.14.
	CapabilitiesTracepoint CapabilityTracing = "tracepoint"
	// CapabilitiesKprobe is a kprobe and a kretprobe on cap_capable.
	CapabilitiesKprobe CapabilityTracing = "kprobe"
	CapabilitiesOff    CapabilityTracing = "off"
)

// rungs are the ways in which capabilities and files are recorded.
type rungs struct {
	capabilities CapabilityTracing
	files        profiles.FileTracing // "": not at all
}

// moduleHooks are the hooks of security modules at which files and sockets are
// recorded. Kernels have not all of them, and one has two names.
var moduleHooks = []string{
	"file_open", "mmap_file", "file_mprotect", "file_lock", "file_truncate", "path_truncate", "path_unlink", "path_rmdir",
	"path_mkdir", "path_mknod", "path_symlink", "path_link", "path_rename", "path_chmod", "path_chown",
	"socket_bind", "socket_connect", "socket_listen", "socket_sendmsg", "unix_stream_connect", "unix_may_send",
	"bprm_check_security", "bprm_check", "task_kill", "ptrace_access_check", "ptrace_traceme", "sb_mount", "sb_umount",
}

// moduleForm says what the forms of a hook are called.
type moduleForm struct {
	suffix, function string
	other            string // a name of the other form
}

var moduleForms = map[profiles.FileTracing]moduleForm{
	profiles.FilesLSM:    {"_lsm", "bpf_lsm_", "bprm_check"},
	profiles.FilesFentry: {"_fexit", "security_", "bprm_check_security"},
}

// hooks are the programs of the rungs, besides those of the form.
func (r rungs) hooks(form Form) []hook {
	var out []hook
	switch r.capabilities {
	case CapabilitiesFexit:
		out = append(out, hook{program: "capable_fexit", optional: true})
	case CapabilitiesKprobe:
		out = append(out, hook{program: "capable_kprobe", name: "cap_capable"},
			hook{program: "answer_kprobe", name: "cap_capable", returns: true})
	case CapabilitiesTracepoint:
		program := "capable_raw"
		if form == FormBTF {
			program = "capable_btf"
		}
		out = append(out, hook{program: program, optional: true})
	}
	if m, ok := moduleForms[r.files]; ok {
		for _, name := range moduleHooks {
			if hasFunction(m.function+name) && m.other != name {
				out = append(out, hook{program: name + m.suffix})
			}
		}
	}
	return out
}

// chooseRungs finds, by trying, the best ways that this kernel allows.
func chooseRungs(o Options) rungs {
	r := rungs{capabilities: o.Capabilities, files: o.Files}
	if r.capabilities == "" {
		r.capabilities = CapabilitiesTracepoint
		switch {
		case tryProgram(ebpf.Tracing, ebpf.AttachTraceFExit, "cap_capable") == nil:
			r.capabilities = CapabilitiesFexit
		case tryTracepoint() != nil && tryKprobe() == nil:
			r.capabilities = CapabilitiesKprobe
		}
	}
	switch {
	case o.NoFiles:
		r.files = ""
	case r.files != "":
	case tryModule() == nil:
		r.files = profiles.FilesLSM
	case tryProgram(ebpf.Tracing, ebpf.AttachTraceFExit, "security_file_open") == nil:
		r.files = profiles.FilesFentry
	default:
		r.files = profiles.FilesCalls
	}
	return r
}

// moduleRuns tells whether the BPF security module is among those that the kernel
// asks. Where it is not, its programs load and never run.
func moduleRuns() bool {
	list, err := os.ReadFile("/sys/kernel/security/lsm")
	return err == nil && slices.Contains(strings.Split(strings.TrimSpace(string(list)), ","), "bpf")
}

func hasKprobes() bool {
	_, err := os.Stat("/sys/bus/event_source/devices/kprobe/type")
	return err == nil
}

// hasFunction tells whether the kernel's type information holds a function.
func hasFunction(name string) bool {
	spec, err := btf.LoadKernelSpec()
	if err != nil {
		return false
	}
	var f *btf.Func
	return spec.TypeByName(name, &f) == nil
}
