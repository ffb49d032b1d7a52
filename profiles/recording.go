package profiles

import "strings"

// Schema names, carried in every file as "schema".
const (
	RecordingSchema = "batten/recording/v1"
	ProfileSchema   = "batten/profile/v1"
)

// Recording is the evidence of one trace run of one service.
type Recording struct {
	Schema  string  `json:"schema"`
	Service Service `json:"service"`
	Run     Run     `json:"run"`
	Evidence
}

// Profile is what a service needs: the merge of its recordings. Each item says
// in how many of the runs it was seen.
type Profile struct {
	Schema  string  `json:"schema"`
	Service Service `json:"service"`
	Runs    []Run   `json:"runs"`
	Evidence
}

// Kind says what sort of thing was traced.
type Kind string

const (
	KindContainer Kind = "container" // a container, alone or of a compose project
	KindCommand   Kind = "command"   // a command that batten started
	KindProcess   Kind = "process"   // a process tree that was running already
)

// Service names what was traced.
type Service struct {
	Name    string `json:"name"`              // the compose service, container name or program name
	Project string `json:"project,omitempty"` // the compose project
	Kind    Kind   `json:"kind"`
	Image   string `json:"image,omitempty"`  // as the user wrote it
	Digest  string `json:"digest,omitempty"` // image id or repository digest, "sha256:…"
	// Command is the argument vector with secrets redacted.
	Command []string `json:"command,omitempty"`
}

// Run holds the conditions of one trace run: what the evidence is true for.
type Run struct {
	Backend string `json:"backend"`           // "ebpf/tp_btf", "ebpf/raw_tp", "ebpf/tracepoint", "ptrace", "import/strace", …
	Arch    Arch   `json:"arch"`              // native architecture of the traced kernel
	Kernel  string `json:"kernel,omitempty"`  // uname -r
	Engine  string `json:"engine,omitempty"`  // container engine and version, "docker 20.10.24"
	Runtime string `json:"runtime,omitempty"` // OCI runtime and version, "runc 1.1.5"
	// NoNewPrivileges tells under which setting the service ran. A profile
	// recorded with it set cannot start the service without it.
	NoNewPrivileges bool    `json:"noNewPrivileges"`
	Seccomp         Seccomp `json:"seccomp"` // the filter that judged the service while it was recorded
	// StartupSeen is false for a service traced from mid-life.
	StartupSeen bool   `json:"startupSeen"`
	Seconds     uint64 `json:"seconds"`            // duration of the recording, whole seconds
	QuietFor    uint64 `json:"quietFor"`           // whole seconds since anything new was seen, at the end
	Workload    string `json:"workload,omitempty"` // command that drove the service, redacted
	Interrupted bool   `json:"interrupted,omitempty"`
	// CapabilitiesUnseen is true when a tracer that records capability checks could
	// not do so on this kernel: before Linux 6.14 there is no trace point for them.
	CapabilitiesUnseen bool `json:"capabilitiesUnseen,omitempty"`
	// Files tells how files and sockets were recorded; "" means that they were not.
	Files FileTracing `json:"files,omitempty"`
}

// Seccomp says which filter a service ran under while it was recorded.
type Seccomp string

const (
	SeccompRecord     Seccomp = "record"         // batten's allow-everything filter: nothing is hidden
	SeccompUnconfined Seccomp = "unconfined"     // no filter
	SeccompDefault    Seccomp = "docker-default" // the engine's default: what it refuses was not let through
	SeccompCustom     Seccomp = "custom"         // the service's own profile
	SeccompUnknown    Seccomp = "unknown"
)

// FileTracing is a way of recording files and sockets.
type FileTracing string

const (
	FilesLSM    FileTracing = "lsm"    // programs on the security module's hooks
	FilesFentry FileTracing = "fentry" // programs at the entry of the hooks' functions
	FilesCalls  FileTracing = "calls"  // the arguments and results of system calls
	FilesPtrace FileTracing = "ptrace" // the same, with the process held meanwhile
)

// SeesFiles tells whether the run shows which files and sockets were used. Where it
// does not, an empty list means nothing.
func (r Run) SeesFiles() bool { return r.Files != "" }

// importBackend begins the backends of what other tools recorded.
const importBackend = "import/"

// SeesCapabilities tells whether the run shows which capabilities were checked.
// Where it does not, an empty list means nothing.
func (r Run) SeesCapabilities() bool {
	return strings.HasPrefix(r.Backend, "ebpf") && !r.CapabilitiesUnseen
}
