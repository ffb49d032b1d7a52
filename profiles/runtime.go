package profiles

// RuntimeNeeds is the set of calls that a container runtime makes under the
// service's filter before it executes the service's program.
type RuntimeNeeds struct {
	Runtime         string   `json:"runtime"` // "runc", "crun", or "" for a command that batten starts
	Version         string   `json:"version,omitempty"`
	Hash            string   `json:"hash,omitempty"` // sha256 of the runtime binary, when measured
	NoNewPrivileges bool     `json:"noNewPrivileges"`
	Syscalls        []string `json:"syscalls"` // sorted
	// Measured is true when calibrated on this machine's runtime, false when it
	// comes from the built-in table.
	Measured bool   `json:"measured"`
	Source   string `json:"source"` // one line for people: where the set comes from
}
