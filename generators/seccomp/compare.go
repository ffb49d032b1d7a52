package seccomp

import (
	"fmt"
	"slices"

	"batten/profiles"
)

// Difference is what one policy allows and another does not, by names of calls
// that exist on one architecture; sorted by name.
type Difference struct {
	Removed []Removed
	// Narrowed are allowed by both, but for fewer arguments or under conditions
	// that the other policy does not have.
	Narrowed []string
	// Added are allowed by the new policy only.
	Added []string
}

// Removed is one call that is not allowed any more.
type Removed struct {
	Name string
	Risk string // why its removal is a protection, "" for ordinary calls
}

// Compare tells what changes when a service goes from one flat policy to another,
// for example from [DockerDefault]. Errors: [ErrNotFlat], [ErrUnsupported].
func Compare(from, to *Policy, arch profiles.Arch) (Difference, error) {
	old, err := from.native(arch)
	if err != nil {
		return Difference{}, fmt.Errorf("compare policies: %w", err)
	}
	now, err := to.native(arch)
	if err != nil {
		return Difference{}, fmt.Errorf("compare policies: %w", err)
	}
	var d Difference
	for _, name := range profiles.SyscallNames(arch) {
		nr, _ := number(arch, name)
		switch a, b := old.allowance(nr), now.allowance(nr); {
		case a > never && b == never:
			risk, _ := profiles.Security(name)
			d.Removed = append(d.Removed, Removed{name, risk})
		case a == never && b > never:
			d.Added = append(d.Added, name)
		case a == always && b == sometimes:
			d.Narrowed = append(d.Narrowed, name)
		case a == sometimes && b == sometimes && !sameConditions(old.calls[nr], now.calls[nr]):
			d.Narrowed = append(d.Narrowed, name)
		}
	}
	return d, nil
}

type allowance int

const (
	never allowance = iota
	sometimes
	always
)

// nativeRules is the meaning of a policy for one architecture.
type nativeRules struct {
	space
	byDefault Verdict
}

func (p *Policy) native(arch profiles.Arch) (nativeRules, error) {
	m, err := p.resolve(arch)
	if err != nil {
		return nativeRules{}, err
	}
	return nativeRules{m.spaces[0], m.byDefault}, nil
}

func (n nativeRules) allowance(nr uint32) allowance {
	c, ok := n.calls[nr]
	if ok && c.always != nil {
		if c.always.Allows() {
			return always
		}
		return never
	}
	some := slices.ContainsFunc(c.when, func(w condition) bool { return w.verdict.Allows() != n.byDefault.Allows() })
	switch {
	case some:
		return sometimes
	case n.byDefault.Allows():
		return always
	}
	return never
}

func sameConditions(a, b callRules) bool {
	return slices.EqualFunc(a.when, b.when, condition.equal)
}

// stats compares a generated policy with Docker's default.
func stats(p *Policy, arch profiles.Arch, caps []string) (Stats, error) {
	base, err := DockerDefault(arch, caps)
	if err != nil {
		return Stats{}, err
	}
	flat, err := p.Flatten(arch, caps, "")
	if err != nil {
		return Stats{}, err
	}
	d, err := Compare(base, flat, arch)
	if err != nil {
		return Stats{}, err
	}
	s := Stats{Allowed: flat.count(arch), DockerDefaultAllowed: base.count(arch), RemovedFromDefault: len(d.Removed)}
	for _, r := range d.Removed {
		if r.Risk != "" {
			s.RemovedSecurity = append(s.RemovedSecurity, r.Name)
		}
	}
	return s, nil
}

// count counts the calls of an architecture that a flat policy allows.
func (p *Policy) count(arch profiles.Arch) int {
	n, err := p.native(arch)
	if err != nil {
		return 0
	}
	total := 0
	for _, name := range profiles.SyscallNames(arch) {
		if nr, _ := number(arch, name); n.allowance(nr) > never {
			total++
		}
	}
	return total
}
