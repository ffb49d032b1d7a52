package seccomp

import (
	"cmp"

	"batten/profiles"
)

// Result is a generated policy with the reason for each of its calls.
type Result struct {
	Policy *Policy
	JSON   []byte // Policy.Encode()
	// Arch is the architecture that was recorded.
	Arch profiles.Arch
	// NoNewPrivileges tells for which setting the policy is.
	NoNewPrivileges bool
	// Why has one entry for each name in the policy.
	Why map[string]Reason
	// Beyond are calls that were seen although the service's former policy would
	// have refused them, sorted by name.
	Beyond []Beyond
	Notes  []string // for people, one sentence each
	Stats  Stats
}

// Source tells where the reason for a call lies.
type Source string

const (
	SourceApplication Source = "application" // seen in the service's own processes
	SourceHealthCheck Source = "healthcheck" // seen in its health check
	SourceExec        Source = "exec"        // seen in a command executed into it
	SourceRuntime     Source = "runtime"     // the container runtime needs it
	SourceWrapper     Source = "wrapper"     // the shell that reads secrets before the program starts
	SourceProcess     Source = "process"     // the kernel makes any process call it: signals, exit
	SourceFamily      Source = "family"      // same privilege as a call that was seen
	SourceFallback    Source = "fallback"    // refused with ENOSYS, so that callers fall back
	SourceSecurity    Source = "security"    // refused with EPERM
	SourceClone3      Source = "clone3"      // clone, to which programs fall back from clone3
)

// Reason says why the policy treats a call as it does.
type Reason struct {
	Source  Source
	Allowed bool
	// Text is one line for people.
	Text string
	// Comment is what the file says: Text without the counts, so that another run
	// that shows nothing new changes no byte. "" means Text.
	Comment string
	// Runs is in how many of OfRuns runs the call was seen; 0 when it was not.
	Runs, OfRuns int
	Entry        string           // of SourceHealthCheck and SourceExec
	Of           []string         // of SourceFamily: the calls that were seen, sorted
	Arguments    string           // how its arguments are judged, "" when they are not
	Phases       []profiles.Phase // in which it was seen
	First        *profiles.Origin // first sighting, when an event told
}

func (r Reason) comment() string { return cmp.Or(r.Comment, r.Text) }

// Beyond is one call that goes beyond what the service could do before.
type Beyond struct {
	Name   string
	Source Source
	Entry  string
	// Arguments describes the values that were beyond; "" when the whole call was.
	Arguments string
	Risk      string // why the call matters, "" when it is not security-relevant
	Runs      int
	First     *profiles.Origin
	Admitted  bool // allowed by Options.AllowBeyond
}

// Stats counts call names that exist on the recorded architecture.
type Stats struct {
	Allowed              int
	DockerDefaultAllowed int
	// RemovedFromDefault counts what Docker's default allows and this policy does not.
	RemovedFromDefault int
	// RemovedSecurity are the security-relevant ones of them, sorted.
	RemovedSecurity []string
}
