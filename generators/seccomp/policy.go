package seccomp

// Policy is a seccomp profile in Docker's JSON format, which extends the one of
// the OCI runtime specification by archMap, comments and conditions.
// Source: moby/profiles seccomp, opencontainers/runtime-spec config-linux.
type Policy struct {
	DefaultAction Action `json:"defaultAction"`
	// DefaultErrnoRet is read by Docker Engine 23 and newer; 20.10 ignores it and
	// answers EPERM. Nil means EPERM.
	DefaultErrnoRet *uint `json:"defaultErrnoRet,omitempty"`
	// Architectures are OCI names. The native one is always served, so nil means
	// only that one. Never set together with ArchMap.
	Architectures []string  `json:"architectures,omitempty"`
	ArchMap       []ArchMap `json:"archMap,omitempty"`
	// Flags are SECCOMP_FILTER_FLAG_*; minimum engine: Docker 23.
	Flags    []string `json:"flags,omitempty"`
	Syscalls []Rule   `json:"syscalls"`
}

// ArchMap names the architectures that are served on a host of one architecture.
// Only dockerd understands it.
type ArchMap struct {
	Architecture     string   `json:"architecture"`
	SubArchitectures []string `json:"subArchitectures"`
}

// Rule gives one action to some calls. A runtime ANDs the comparisons of one
// rule, but ORs them when two have the same index; rules of one call are ORed.
type Rule struct {
	Names  []string `json:"names"`
	Action Action   `json:"action"`
	// ErrnoRet is the errno of ActErrno and the message of ActTrace; nil means
	// EPERM. Minimum engine: Docker 20.10.10.
	ErrnoRet *uint   `json:"errnoRet,omitempty"`
	Args     []Arg   `json:"args,omitempty"`
	Comment  string  `json:"comment,omitempty"`
	Includes *Filter `json:"includes,omitempty"`
	Excludes *Filter `json:"excludes,omitempty"`
}

// Arg compares one argument of a call, as unsigned 64-bit numbers.
type Arg struct {
	Index    uint   `json:"index"` // 0 to 5
	Value    uint64 `json:"value"` // the mask for OpMaskedEqual
	ValueTwo uint64 `json:"valueTwo"`
	Op       Op     `json:"op"`
}

// Filter is a condition on the host and the container. Only dockerd understands
// it; [Policy.Flatten] resolves it.
type Filter struct {
	Caps   []string `json:"caps,omitempty"`   // compared with the container's bounding set
	Arches []string `json:"arches,omitempty"` // "amd64", "x86", "x32", "arm64", …
	// MinKernel is "X.Y".
	MinKernel string `json:"minKernel,omitempty"`
}

func (f *Filter) empty() bool {
	return f == nil || len(f.Caps) == 0 && len(f.Arches) == 0 && f.MinKernel == ""
}

// Flat tells whether any OCI runtime understands the policy: no archMap and no
// conditions.
func (p *Policy) Flat() bool {
	if len(p.ArchMap) > 0 {
		return false
	}
	for _, r := range p.Syscalls {
		if !r.Includes.empty() || !r.Excludes.empty() {
			return false
		}
	}
	return true
}

// Unconfined returns the policy that allows everything. A service is recorded
// under it, because a filter must be present for its calls to be told apart.
func Unconfined() *Policy { return &Policy{DefaultAction: ActAllow, Syscalls: []Rule{}} }
