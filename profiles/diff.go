package profiles

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Change is one thing that one profile has and another lacks.
type Change struct {
	Kind   ChangeKind `json:"kind"`
	Name   string     `json:"name"`             // of the call, the capability, the program; or the path, socket, contact, mount, uid:gid
	Arch   Arch       `json:"arch,omitempty"`   // of a call
	Part   Part       `json:"part,omitempty"`   // on whose behalf, where that is known
	Values []uint64   `json:"values,omitempty"` // of an argument: one tuple
	// Access is what one program did with a file that only one profile has it do; none
	// where only that the path was changed can be compared. Sorted.
	Access  []Access `json:"access,omitempty"`
	Program string   `json:"program,omitempty"` // that did it, where that is known
	First   *Origin  `json:"first,omitempty"`
}

// ChangeKind says what a change is about.
type ChangeKind string

const (
	ChangeSyscall    ChangeKind = "syscall"
	ChangeCapability ChangeKind = "capability"
	ChangeProgram    ChangeKind = "program"
	ChangeArgument   ChangeKind = "argument" // a tuple of a call that both have
	ChangeFile       ChangeKind = "file"     // a path that was used, or only that was changed
	ChangeSocket     ChangeKind = "socket"
	ChangeContact    ChangeKind = "contact" // a signal that was sent, or tracing
	ChangeMount      ChangeKind = "mount"
	ChangeIdentity   ChangeKind = "user"
)

// changeKinds is the order in which changes are shown.
var changeKinds = []ChangeKind{
	ChangeSyscall, ChangeArgument, ChangeCapability, ChangeProgram, ChangeFile, ChangeSocket, ChangeContact, ChangeMount,
	ChangeIdentity,
}

// Diff is what changed between two profiles, sorted by kind, name and part. How
// often, when and by which entry something was seen is no difference.
type Diff struct {
	Added   []Change `json:"added"`
	Removed []Change `json:"removed"`
}

// Empty tells whether both profiles need the same.
func (d Diff) Empty() bool { return len(d.Added) == 0 && len(d.Removed) == 0 }

// Compare returns what new needs and old does not, and the reverse. Of the
// capabilities it compares those that are needed (see [Profile.NeedsCapability]),
// and none when one of the two was recorded in a way that cannot see them; so it
// is with paths, sockets and identities.
func Compare(old, new Profile) Diff {
	withCaps := old.showsCapabilities() && new.showsCapabilities()
	a, b := facts(old, new, withCaps), facts(new, old, withCaps)
	return Diff{Added: missing(b, a), Removed: missing(a, b)}
}

// missing returns what a has and b has not. Arguments only count for calls that
// both have with complete arguments.
func missing(a, b map[string]Change) []Change {
	out := []Change{}
	for k, c := range a {
		if _, ok := b[k]; ok {
			continue
		}
		if c.Kind == ChangeArgument {
			if _, ok := b[argumentsKey(c)]; !ok {
				continue
			}
		} else if c.Kind == "" {
			continue
		}
		out = append(out, c)
	}
	out = joinAccess(out)
	slices.SortFunc(out, compareChange)
	return out
}

func compareChange(a, b Change) int {
	return cmp.Or(cmp.Compare(changeRank(a.Kind), changeRank(b.Kind)), cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.Arch, b.Arch), comparePart(a.Part, b.Part), cmp.Compare(a.Program, b.Program), slices.Compare(a.Values, b.Values), slices.Compare(a.Access, b.Access))
}

func changeRank(k ChangeKind) int {
	return slices.Index(changeKinds, k)
}

// showsCapabilities tells whether a run could see capabilities. Without, that
// there are none says nothing.
func (p Profile) showsCapabilities() bool {
	return len(p.Capabilities) > 0 || len(p.Runs) == 0 ||
		slices.ContainsFunc(p.Runs, Run.SeesCapabilities)
}

func facts(p, other Profile, withCaps bool) map[string]Change {
	out := map[string]Change{}
	put := func(key string, c Change) {
		if old, ok := out[key]; ok {
			c.First = betterOrigin(c.First, old.First)
		}
		out[key] = c
	}
	incomplete := map[string]bool{}
	for _, s := range p.Syscalls {
		c := Change{Kind: ChangeSyscall, Name: s.Name, Arch: s.Arch, Part: s.Part, First: s.First.clone()}
		put(c.key(), c)
		if s.Args == nil || !s.Args.Complete {
			incomplete[argumentsKey(c)] = true
			continue
		}
		out[argumentsKey(c)] = Change{}
		for _, v := range s.Args.Values {
			a := c
			a.Kind, a.Values = ChangeArgument, slices.Clone(v)
			put(a.key(), a)
		}
	}
	for k := range incomplete {
		delete(out, k)
	}
	for _, x := range p.Capabilities {
		if withCaps && x.needed() {
			c := Change{Kind: ChangeCapability, Name: x.Name, Part: x.Part, First: x.First.clone()}
			put(c.key(), c)
		}
	}
	for _, x := range p.Programs {
		c := Change{Kind: ChangeProgram, Name: x.Path, Part: x.Part, First: x.First.clone()}
		put(c.key(), c)
	}
	observedFacts(p, other, put)
	return out
}

func (c Change) key() string {
	return fmt.Sprintf("%s\x00%s\x00%s\x00%s\x00%v\x00%s\x00%s", c.Kind, c.Name, c.Arch, c.Part, c.Values, c.Access, c.Program)
}

// argumentsKey marks that the arguments of a call are known completely.
func argumentsKey(c Change) string {
	return fmt.Sprintf("complete\x00%s\x00%s\x00%s", c.Name, c.Arch, c.Part)
}

// Lines renders the difference, one change a line, "+" for added and "-" for
// removed; no lines when there is none. Nothing in them can control a terminal.
func (d Diff) Lines() []string {
	var out []string
	for _, k := range changeKinds {
		for _, c := range d.Removed {
			if c.Kind == k {
				out = append(out, "- "+c.String())
			}
		}
		for _, c := range d.Added {
			if c.Kind == k {
				out = append(out, "+ "+c.String())
			}
		}
	}
	return out
}

// String renders the change in one line.
func (c Change) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", c.Kind, c.label())
	if c.Kind == ChangeArgument {
		b.WriteString("(" + DescribeArguments(c.Name, c.Values) + ")")
	}
	for i, a := range c.Access {
		b.WriteString([]string{" ", ", "}[min(i, 1)] + accessWord(a))
	}
	if c.Program != "" {
		b.WriteString(" by " + plain(c.Program))
	}
	if c.Arch != "" {
		b.WriteString(" " + plain(string(c.Arch)))
	}
	if c.Part != "" {
		b.WriteString(" " + plain(string(c.Part)))
	}
	if c.First != nil && c.Kind == ChangeFile && c.Program != "" {
		b.WriteString(", first at " + strconv.FormatUint(c.First.Offset, 10) + " ms")
	} else if c.First != nil {
		b.WriteString(", first")
		if c.First.Program != "" {
			b.WriteString(" by " + plain(c.First.Program))
		} else if c.First.Comm != "" {
			b.WriteString(" by " + plain(c.First.Comm))
		}
		b.WriteString(" at " + strconv.FormatUint(c.First.Offset, 10) + " ms")
	}
	return b.String()
}

// label is the name for people. That of a socket, contact or mount is made of parts
// that are escaped one by one.
func (c Change) label() string {
	switch c.Kind {
	case ChangeSocket, ChangeContact, ChangeMount:
		return c.Name
	}
	return plain(c.Name)
}
