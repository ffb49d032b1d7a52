package engine

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"batten/generators/seccomp"
	"batten/internal/fault"
	"batten/profiles"
)

// ExplainSchema is the schema of [Explanations].
const ExplainSchema = "batten/explanation/v1"

// Explanations are the answers to one question about several names.
type Explanations struct {
	Schema string        `json:"schema"`
	Items  []Explanation `json:"items"`
}

// Explanation says what a system call or a capability is, or a file, port or signal,
// and who needed it.
type Explanation struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`              // "syscall", "capability", "rule", "path", "port", "socket", "signal" or "line"
	Meaning string `json:"meaning,omitempty"` // what it does
	Risk    string `json:"risk,omitempty"`    // why refusing it is a protection; "" for ordinary calls
	// Caution says on what the reach of an otherwise ordinary call depends.
	Caution string `json:"caution,omitempty"`
	// Docker says what Docker's default does with it: allowed, refused, or allowed
	// for some arguments.
	Docker string    `json:"docker,omitempty"`
	Family []string  `json:"family,omitempty"` // calls of the same privilege
	Number *int      `json:"number,omitempty"` // on this machine's architecture
	Seen   []Seen    `json:"seen"`
	Rule   *RuleText `json:"rule,omitempty"` // of kind "rule"
	Use    *Use      `json:"use,omitempty"`  // of kinds path, port, socket, signal, line
}

// Seen is one way in which a recorded service used it.
type Seen struct {
	Service string           `json:"service"`
	Part    profiles.Part    `json:"part"`
	Entry   string           `json:"entry,omitempty"`
	Phases  []profiles.Phase `json:"phases,omitempty"`
	Runs    int              `json:"runs"`
	OfRuns  int              `json:"ofRuns"`
	Denied  bool             `json:"denied,omitempty"`
	Args    []string         `json:"args,omitempty"`
	Caller  string           `json:"caller,omitempty"`
	Syscall string           `json:"syscall,omitempty"`
	First   *profiles.Origin `json:"first,omitempty"`
	Noise   bool             `json:"noise,omitempty"` // the kernel asks without consequence
}

// Explain says what names mean and who needed them in this project. A name is a
// system call, a capability or a rule; several can stand in one, separated by commas.
// Or it is one of a file (/etc/passwd, or with wildcards), a port (tcp:80), a socket
// (unix:/run/x, unix:@x), a signal (signal:TERM) or a line of an AppArmor profile
// (hardened/apparmor/NAME:LINE).
func (e *Engine) Explain(ctx context.Context, names []string) (*Explanations, error) {
	recorded, err := e.allRecorded()
	if err != nil {
		return nil, err
	}
	out := &Explanations{Schema: ExplainSchema}
	for _, list := range names {
		one, err := e.explainUse(ctx, list, recorded)
		if err != nil {
			return nil, err
		}
		if one != nil {
			out.Items = append(out.Items, *one)
			continue
		}
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.TrimSpace(name); name == "" {
				continue
			}
			one, err := e.explainRule(ctx, name)
			if one == nil && err == nil {
				one, err = explainName(name, recorded)
			}
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, *one)
		}
	}
	if len(out.Items) == 0 {
		return nil, fault.New(fault.Usage, "such as batten explain unshare,CAP_CHOWN", "explain: no name given")
	}
	return out, nil
}

// allRecorded reads all recordings of the project; ones that cannot be read are
// told and left out, because the rest can still explain.
func (e *Engine) allRecorded() ([]profiles.Profile, error) {
	f, err := e.open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := e.services(f)
	if err != nil {
		return nil, err
	}
	var out []profiles.Profile
	for _, name := range names {
		s, err := e.load(f, name)
		if err != nil {
			e.warn(err.Error(), fault.Hint(err))
			continue
		}
		if s.found {
			out = append(out, s.profile)
		}
	}
	return out, nil
}

func explainName(name string, recorded []profiles.Profile) (*Explanation, error) {
	lower := strings.ToLower(name)
	if profiles.KnownSyscall(lower) {
		return explainCall(lower, recorded)
	}
	if n, ok := profiles.CapabilityNumber(name); ok {
		return explainCapability(profiles.CapabilityName(n), recorded), nil
	}
	hint := "names are those of system calls (openat), capabilities (CAP_CHOWN, chown) and rules (B020), or /a/path, tcp:80, udp:53, unix:/run/x, signal:TERM"
	if strings.Contains(name, "/") {
		hint = "write a path from the root on, as the service sees it: /" + strings.TrimLeft(name, "./")
	} else if near := nearest(lower); near != "" {
		hint = "did you mean " + near + "?"
	}
	return nil, fault.New(fault.Usage, hint, "explain: %q is no system call, capability or rule", name)
}

func explainCall(name string, recorded []profiles.Profile) (*Explanation, error) {
	arch := profiles.NativeArch(runtime.GOARCH)
	x := &Explanation{Name: name, Kind: "syscall", Meaning: profiles.DescribeSyscall(name), Seen: []Seen{}}
	x.Risk, _ = profiles.Security(name)
	x.Caution, _ = profiles.Caution(name)
	if family := profiles.Family(name); len(family) > 1 {
		x.Family = slices.DeleteFunc(family, func(f string) bool { return f == name })
	}
	number, native := profiles.SyscallNumber(arch, name)
	if native {
		x.Number = &number
	}
	docker, err := dockerSays(name, arch, native)
	if err != nil {
		return nil, err
	}
	x.Docker = docker
	for _, p := range recorded {
		for _, s := range p.Sightings(name) {
			x.Seen = append(x.Seen, Seen{
				Service: p.Service.Name, Part: s.Part, Entry: s.Entry, Phases: s.Phases, Runs: s.Runs, OfRuns: len(p.Runs),
				Args: describeArguments(name, s.Args), First: s.First,
			})
		}
		for _, d := range p.Denied {
			if d.Name == name {
				x.Seen = append(x.Seen, Seen{
					Service: p.Service.Name, Part: d.Part, Entry: d.Entry, Runs: d.Runs, OfRuns: len(p.Runs), Denied: true,
					Args: describeArguments(name, d.Args), First: d.First,
				})
			}
		}
	}
	return x, nil
}

// dockerSays asks Docker's default policy about a call.
func dockerSays(name string, arch profiles.Arch, native bool) (string, error) {
	if !native {
		return "does not exist on " + string(arch), nil
	}
	p, err := seccomp.DockerDefault(arch, nil)
	if err != nil {
		return "", err
	}
	d, err := seccomp.Compare(seccomp.Unconfined(), p, arch)
	if err != nil {
		return "", err
	}
	if slices.Contains(d.Narrowed, name) {
		return "allowed for some arguments", nil
	}
	if slices.ContainsFunc(d.Removed, func(r seccomp.Removed) bool { return r.Name == name }) {
		return "refused", nil
	}
	return "allowed", nil
}

func explainCapability(name string, recorded []profiles.Profile) *Explanation {
	x := &Explanation{Name: name, Kind: "capability", Meaning: profiles.DescribeCapability(name), Docker: "not given", Seen: []Seen{}}
	if slices.Contains(seccomp.DockerCapabilities(), name) {
		x.Docker = "given"
	}
	for _, p := range recorded {
		for _, c := range p.Capabilities {
			if c.Name == name {
				x.Seen = append(x.Seen, Seen{
					Service: p.Service.Name, Part: c.Part, Entry: c.Entry, Phases: c.Phases, Runs: c.Runs, OfRuns: len(p.Runs),
					Denied: !c.Granted, Caller: c.Caller, Syscall: c.Syscall, First: c.First, Noise: c.Class == profiles.ClassNoise,
				})
			}
		}
	}
	return x
}

// maxShownArguments bounds how many forms of a call are shown.
const maxShownArguments = 12

func describeArguments(name string, a *profiles.Arguments) []string {
	if a == nil {
		return nil
	}
	var out []string
	for _, tuple := range a.Values {
		if len(out) == maxShownArguments {
			return append(out, fmt.Sprintf("and %d more", len(a.Values)-maxShownArguments))
		}
		var words []string
		for i, v := range tuple {
			if i < len(a.Index) {
				words = append(words, profiles.DescribeArgument(name, a.Index[i], v))
			}
		}
		out = append(out, strings.Join(words, ", "))
	}
	return out
}

// Names lists what can be explained, for completion.
func (e *Engine) Names() []string {
	names := profiles.SyscallNames(profiles.NativeArch(runtime.GOARCH))
	return append(names, profiles.CapabilityNames()...)
}
