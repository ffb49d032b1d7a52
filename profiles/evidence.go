package profiles

// Evidence is what was seen, in one run or in several.
type Evidence struct {
	// Entries are the ways into the service: its runtime, its main program, and
	// each command that was executed into it (a health check, an exec).
	Entries      []Entry      `json:"entries,omitempty"`
	Syscalls     []Syscall    `json:"syscalls"`
	Denied       []Denial     `json:"denied,omitempty"`
	Capabilities []Capability `json:"capabilities,omitempty"`
	Programs     []Program    `json:"programs,omitempty"`
	// Files and sockets are recorded by tracers where Run.Files says how. Rows without
	// a Part, and what follows, were read from outside while the service ran: a sample,
	// so that what lasted shorter than a reading may be missing.
	Files      []File     `json:"files,omitempty"`
	Sockets    []Socket   `json:"sockets,omitempty"`
	Contacts   []Contact  `json:"contacts,omitempty"`
	Mounts     []Mount    `json:"mounts,omitempty"`
	Identities []Identity `json:"identities,omitempty"`
	Resources  *Resources `json:"resources,omitempty"`
	Loss       Loss       `json:"loss"`
}

// Part tells on whose behalf something was done.
type Part string

const (
	PartRuntime     Part = "runtime"     // the container runtime, before it executed the service's program
	PartApplication Part = "application" // the service's own processes
	PartExec        Part = "exec"        // a command executed into the running service, and its children
)

// Phase is a stretch of a service's life.
type Phase string

const (
	PhaseRuntime  Phase = "runtime"  // before the program was executed
	PhaseStartup  Phase = "startup"  // from the program's first instruction until it was ready
	PhaseSteady   Phase = "steady"   // while it served
	PhaseShutdown Phase = "shutdown" // after it was asked to stop
	PhaseExec     Phase = "exec"     // inside an executed command or a health check
)

// EntryKind tells why an entry exists.
type EntryKind string

const (
	EntryMain        EntryKind = "main"
	EntryHealthCheck EntryKind = "healthcheck"
	EntryExec        EntryKind = "exec"
)

// MainEntry is the ID of the service's own program.
const MainEntry = "main"

// Entry is one way into the service. Syscalls and capabilities of PartExec refer
// to it by ID.
type Entry struct {
	ID      string    `json:"id"` // "main", "healthcheck", "exec-1", …; stable for the same command
	Kind    EntryKind `json:"kind"`
	Program string    `json:"program,omitempty"` // file that was executed, as the service sees it
	Args    []string  `json:"args,omitempty"`    // redacted
	Runs    int       `json:"runs"`              // in how many runs it was seen
}

// Syscall is one system call that was let through on behalf of one part.
type Syscall struct {
	Name string `json:"name"` // kernel name, or "syscall_N" for a number that no table names
	Arch Arch   `json:"arch"` // calling convention: the native one, or a second one
	Part Part   `json:"part"`
	// Entry is set for PartExec.
	Entry  string     `json:"entry,omitempty"`
	Phases []Phase    `json:"phases"`
	Args   *Arguments `json:"args,omitempty"` // present for the calls of [ArgumentSpecs]
	First  *Origin    `json:"first,omitempty"`
	Runs   int        `json:"runs"` // in how many runs it was seen
}

// Denial is one system call that a seccomp filter refused: an exit without an
// entry, or a call that the filter's own program answers with an error.
type Denial struct {
	Name   string     `json:"name"`
	Arch   Arch       `json:"arch"`
	Part   Part       `json:"part"`
	Entry  string     `json:"entry,omitempty"`
	Errno  int        `json:"errno"` // positive; 0 when the process was killed
	Killed bool       `json:"killed,omitempty"`
	Args   *Arguments `json:"args,omitempty"`
	First  *Origin    `json:"first,omitempty"`
	Runs   int        `json:"runs"`
}

// Arguments holds the values that the recorded arguments of one call took. It
// is evidence for a filter only when Complete.
type Arguments struct {
	Index  []int      `json:"index"`  // which arguments, 0-based
	Values [][]uint64 `json:"values"` // distinct tuples, one value for each index; sorted
	// Complete is false when there were more tuples than the tracer keeps, or
	// when a run was traced in a way that cannot see arguments.
	Complete bool `json:"complete"`
}

// Capability is one capability that the kernel checked.
type Capability struct {
	Name    string  `json:"name"` // "CAP_CHOWN"
	Granted bool    `json:"granted"`
	Part    Part    `json:"part"`
	Entry   string  `json:"entry,omitempty"`
	Phases  []Phase `json:"phases"`
	// Caller is the kernel function that asked ("chown_common"), Syscall the call
	// in which it asked. Together they are the reason.
	Caller  string `json:"caller,omitempty"`
	Syscall string `json:"syscall,omitempty"`
	Class   Class  `json:"class"`
	// Programs for which it was checked; empty when that is not known. Sorted, distinct.
	Programs []string `json:"programs,omitempty"`
	First    *Origin  `json:"first,omitempty"`
	Runs     int      `json:"runs"`
}

// Class tells what a capability check means.
type Class string

const (
	ClassNeed    Class = "need"    // the operation depended on it
	ClassNoise   Class = "noise"   // the kernel asks without consequence (memory overcommit)
	ClassUnknown Class = "unknown" // the caller could not be read; treated as a need
)

// Program is a file that was executed.
type Program struct {
	Path string `json:"path"`
	// By is the program that executed it; "" for an entry's own, and when unknown.
	By    string  `json:"by,omitempty"`
	Part  Part    `json:"part"`
	Entry string  `json:"entry,omitempty"`
	First *Origin `json:"first,omitempty"`
	Runs  int     `json:"runs"`
}

// Origin is the first sighting of something: the explanation, never the rule.
// It may be missing when an event was lost.
type Origin struct {
	Program string   `json:"program,omitempty"` // file that the process was executing
	Comm    string   `json:"comm,omitempty"`    // name of the thread
	Args    []string `json:"args,omitempty"`    // redacted
	Offset  uint64   `json:"offsetMs"`          // milliseconds since the recording began
	Phase   Phase    `json:"phase,omitempty"`
}

// Loss counts what the tracer could not see. Rules stay complete when only
// Events or Strings are not zero; see [Loss.Complete].
type Loss struct {
	Events       uint64 `json:"events"`       // explanations that did not fit the ring buffer
	Strings      uint64 `json:"strings"`      // names and arguments that could not be read
	MapFull      uint64 `json:"mapFull"`      // rules that did not fit a kernel map
	Unattributed uint64 `json:"unattributed"` // calls of processes whose service could not be told
	// Paths counts files, sockets and other things that a service touched and that are
	// missing from the lists: their tables were full, or no path could be told.
	Paths uint64 `json:"paths,omitempty"`
	// Guessed counts paths whose links could not be resolved because the process was
	// gone: the name that it used stands for the file.
	Guessed uint64 `json:"guessed,omitempty"`
	IOURing bool   `json:"ioUring"` // io_uring was set up: its operations are not system calls
	// SecondArch is true when calls of another architecture (32-bit, x32) were seen.
	SecondArch bool `json:"secondArch"`
	// Partial is true when what was recorded is known to be only a part: a log that
	// another tool was told to filter, a profile that builds on another one.
	Partial bool `json:"partial,omitempty"`
}

// Complete tells whether the rules are complete: nothing was lost that a filter
// would need. Lost explanations do not count.
func (l Loss) Complete() bool { return l.MapFull == 0 && l.Unattributed == 0 && !l.Partial }

// FilesComplete tells whether nothing was lost that a policy over files needs.
func (l Loss) FilesComplete() bool { return l.Complete() && l.Paths == 0 }
