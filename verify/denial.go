package verify

import (
	"fmt"
	"slices"
	"strings"
	"syscall"

	"batten/generators/seccomp"
	"batten/profiles"
)

// Denial is one call that the policy refused.
type Denial struct {
	Call    string        `json:"call"`
	Arch    profiles.Arch `json:"arch"`
	Args    []string      `json:"args,omitempty"`    // described, one text a tuple of recorded arguments
	Errno   int           `json:"errno,omitempty"`   // what the caller got
	Error   string        `json:"error,omitempty"`   // the same as text
	Killed  bool          `json:"killed,omitempty"`  // the caller was killed instead
	Program string        `json:"program,omitempty"` // file that the process was executing
	Comm    string        `json:"comm,omitempty"`
	Risk    string        `json:"risk,omitempty"` // why the call matters, "" when it is not security-relevant
	// Intended is true when the policy refuses the call so that its library falls
	// back to another one: nothing is missing.
	Intended bool   `json:"intended"`
	Add      string `json:"add"` // what the policy would have to gain
}

// add takes what one recording shows into the result.
func (r *Result) add(rec profiles.Recording, p *seccomp.Policy, host profiles.Arch) {
	r.Backend = rec.Run.Backend
	r.Loss = rec.Loss
	calls := map[string]bool{}
	for _, s := range rec.Syscalls {
		calls[s.Name] = true
	}
	r.Calls += len(calls)
	for _, d := range rec.Denied {
		r.Denials = append(r.Denials, explain(d, p, host))
	}
	slices.SortFunc(r.Denials, func(a, b Denial) int {
		if a.Intended != b.Intended {
			if a.Intended {
				return 1
			}
			return -1
		}
		return strings.Compare(a.Call, b.Call)
	})
}

func explain(d profiles.Denial, p *seccomp.Policy, host profiles.Arch) Denial {
	out := Denial{Call: d.Name, Arch: d.Arch, Errno: d.Errno, Killed: d.Killed}
	if d.Errno != 0 {
		out.Error = syscall.Errno(d.Errno).Error()
	}
	out.Risk, _ = profiles.Security(d.Name)
	if d.First != nil {
		out.Program, out.Comm = d.First.Program, d.First.Comm
	}
	out.Args = describe(d)
	out.Intended = syscall.Errno(d.Errno) == syscall.ENOSYS && !d.Killed &&
		(d.Name == "clone3" || profiles.IsFallback(d.Name))
	switch {
	case out.Intended:
		out.Add = "nothing: the library falls back to an older call"
	case d.Arch != host && d.Arch != "":
		out.Add = fmt.Sprintf("architecture %s, and %s in it", d.Arch.OCI(), d.Name)
	case judgedByArguments(p, d.Name) && len(out.Args) > 0:
		out.Add = fmt.Sprintf("the arguments %s for %s", strings.Join(out.Args, "; "), d.Name)
	case judgedByArguments(p, d.Name):
		out.Add = fmt.Sprintf("further arguments for %s", d.Name)
	default:
		out.Add = fmt.Sprintf(`{"names": [%q], "action": "SCMP_ACT_ALLOW"}`, d.Name)
	}
	return out
}

func judgedByArguments(p *seccomp.Policy, name string) bool {
	return slices.ContainsFunc(p.Syscalls, func(r seccomp.Rule) bool {
		return r.Action == seccomp.ActAllow && len(r.Args) > 0 && slices.Contains(r.Names, name)
	})
}

// describe renders the recorded arguments of a denied call.
func describe(d profiles.Denial) []string {
	if d.Args == nil {
		return nil
	}
	var out []string
	for _, tuple := range d.Args.Values {
		var words []string
		for i, v := range tuple {
			if i < len(d.Args.Index) {
				words = append(words, profiles.DescribeArgument(d.Name, d.Args.Index[i], v))
			}
		}
		out = append(out, d.Name+"("+strings.Join(words, ", ")+")")
	}
	return out
}
