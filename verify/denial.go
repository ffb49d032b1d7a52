package verify

import (
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
	Intended bool `json:"intended"`
	// Add is what the policy would have to gain, nil when nothing is missing.
	Add *Addition `json:"add,omitempty"`
}

// Addition is a part of a policy, in the form in which it stands in one.
type Addition struct {
	Architectures []string       `json:"architectures,omitempty"`
	Syscalls      []seccomp.Rule `json:"syscalls"`
}

// add takes what one recording shows into the result.
func (r *Result) add(rec profiles.Recording, host profiles.Arch) {
	r.Backend = rec.Run.Backend
	r.Loss = rec.Loss
	calls := map[string]bool{}
	for _, s := range rec.Syscalls {
		calls[s.Name] = true
	}
	r.Calls += len(calls)
	for _, d := range rec.Denied {
		r.Denials = append(r.Denials, explain(d, host))
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

func explain(d profiles.Denial, host profiles.Arch) Denial {
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
	if !out.Intended {
		out.Add = addition(d, host)
	}
	return out
}

// addition proposes as little as would have let a call through: where the call's
// arguments decide what it may do, only those that were refused.
func addition(d profiles.Denial, host profiles.Arch) *Addition {
	out := &Addition{Syscalls: []seccomp.Rule{}}
	if d.Arch != host && d.Arch != "" {
		out.Architectures = []string{d.Arch.OCI()}
	}
	rule := seccomp.Rule{Names: []string{d.Name}, Action: seccomp.ActAllow}
	spec, judged := profiles.ArgumentsOf(d.Name)
	if !judged || d.Args == nil || !slices.Equal(spec.Index, d.Args.Index) {
		out.Syscalls = append(out.Syscalls, rule)
		return out
	}
	for _, tuple := range d.Args.Values {
		if len(tuple) != len(spec.Index) {
			continue
		}
		one := rule
		one.Args = make([]seccomp.Arg, len(tuple))
		for i, v := range tuple {
			one.Args[i] = equal(spec, i, v)
		}
		out.Syscalls = append(out.Syscalls, one)
	}
	if len(out.Syscalls) == 0 {
		out.Syscalls = append(out.Syscalls, rule)
	}
	return out
}

// equal compares an argument with what was passed, in the bits that were recorded.
func equal(spec profiles.ArgumentSpec, i int, v uint64) seccomp.Arg {
	index := uint(spec.Index[i])
	if i < len(spec.Mask) && spec.Mask[i] != 0 {
		return seccomp.Arg{Index: index, Op: seccomp.OpMaskedEqual, Value: spec.Mask[i], ValueTwo: v & spec.Mask[i]}
	}
	return seccomp.Arg{Index: index, Op: seccomp.OpEqual, Value: v}
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
