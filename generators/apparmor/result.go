package apparmor

// Result is a generated profile with the reason for each of its rules.
type Result struct {
	Text    []byte
	Rules   []Rule // in the order of the text
	Notes   []Note
	Refused []Refused // recorded, but without a rule; sorted by path
}

// Rule is one rule of the profile.
type Rule struct {
	Text  string // without its comment and without the final line end
	Group Group
	// Profile is the child profile that the rule is in, "" for the service's own.
	Profile string
	// Why is the evidence in one line: access, program, phase, in how many runs.
	Why string
	// Generalised says what the wildcards of the rule stand for, with an example;
	// "" for a rule that is literal.
	Generalised string
	// Paths are the recorded paths that the rule stands for, sorted. They are as the
	// traced program chose them: escape before printing.
	Paths []string
}

// Group is what rules are sorted by in the text.
type Group string

const (
	GroupInherited    Group = "inherited" // what the runtime hands over at exec
	GroupPrograms     Group = "programs"
	GroupLibraries    Group = "libraries"
	GroupRead         Group = "read"
	GroupWrite        Group = "write"
	GroupDevices      Group = "devices"
	GroupProc         Group = "proc"
	GroupSys          Group = "sys"
	GroupLinks        Group = "links"
	GroupCapabilities Group = "capabilities"
	GroupNetwork      Group = "network"
	GroupSignals      Group = "signals"
	GroupPtrace       Group = "ptrace"
	GroupMounts       Group = "mounts"
)

// groups is their order, and what the text says about each.
var groups = []struct {
	group Group
	about string
}{
	{GroupCapabilities, "capabilities"},
	{GroupNetwork, "sockets that may be made"},
	{GroupSignals, "signals: from the engine and the host, and among the service's own processes"},
	{GroupPtrace, "tracing: among the service's own processes alone"},
	{GroupMounts, "mounts"},
	{GroupInherited, "standard input and output, as the engine hands them over"},
	{GroupPrograms, "programs; ix: what is executed stays under this profile"},
	{GroupLibraries, "libraries"},
	{GroupRead, "files and folders that are read"},
	{GroupWrite, "files and folders that are changed"},
	{GroupLinks, "hard links"},
	{GroupDevices, "devices"},
	{GroupProc, "the kernel's view of processes"},
	{GroupSys, "the kernel's view of devices and control groups"},
}

// Note is something that a reader of the profile should know.
type Note struct {
	Kind NoteKind
	Text string // one sentence, fit for a terminal
}

// NoteKind sorts notes.
type NoteKind string

const (
	NoteIncomplete NoteKind = "incomplete" // the recording may lack what the service needs
	NoteLeftOut    NoteKind = "left-out"   // seen, and not allowed
	NoteWide       NoteKind = "wide"       // a rule allows more than what was seen
	NoteUncovered  NoteKind = "uncovered"  // AppArmor cannot judge it
	NoteChild      NoteKind = "child"      // about child profiles
	NoteChoice     NoteKind = "choice"     // why the profile is as it is
)

// Refused is something that was recorded and that got no rule.
type Refused struct {
	Path string // as recorded, hostile; "" for what is no path
	Why  string
}
