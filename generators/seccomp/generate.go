package seccomp

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"batten/profiles"
)

// Generate makes the smallest policy under which the service still does what its
// profile shows: the calls of the application and its health check, those that the
// runtime needs before the program starts, and in portable mode their equals. The
// policy is compiled and its filters are verified before it is returned. Errors:
// [ErrNoEvidence], [ErrInvalid] (options or ceiling), [ErrUnequal] (batten or
// libseccomp is wrong about a call: never use such a policy).
func Generate(p profiles.Profile, o Options) (*Result, error) {
	g, err := newGenerator(p, o)
	if err != nil {
		return nil, fmt.Errorf("generate seccomp policy: %w", err)
	}
	g.observed()
	g.runtime()
	g.wrapper()
	g.process()
	g.families()
	g.clone()
	g.refusals()
	r := &Result{Policy: g.policy(), Arch: g.native, NoNewPrivileges: o.NoNewPrivileges, Why: g.why(), Beyond: g.beyond}
	if err := g.check(r.Policy); err != nil {
		return nil, fmt.Errorf("generate seccomp policy: %w", err)
	}
	r.JSON = r.Policy.Encode()
	r.Notes = g.allNotes()
	if r.Stats, err = stats(r.Policy, g.native, g.caps); err != nil {
		return nil, fmt.Errorf("generate seccomp policy: %w", err)
	}
	return r, nil
}

// generator gathers what will be allowed, call by call.
type generator struct {
	o       Options
	profile profiles.Profile
	native  profiles.Arch
	second  []profiles.Arch // other calling conventions that were seen
	caps    []string
	ceiling *ceiling
	needs   profiles.RuntimeNeeds
	seen    map[string]*sighting
	allowed map[string]*grant
	refused map[string]grant
	beyond  []Beyond
	notes   []string
}

// grant is what one call gets.
type grant struct {
	reason Reason
	// rules are alternative argument lists; nil allows all arguments.
	rules [][]Arg
}

func newGenerator(p profiles.Profile, o Options) (*generator, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	if o.Mode == "" {
		o.Mode = Portable
	}
	g := &generator{o: o, profile: p, caps: o.Capabilities, allowed: map[string]*grant{}, refused: map[string]grant{}}
	if g.caps == nil {
		g.caps = dockerCaps
	}
	for _, r := range p.Runs {
		if g.native != "" && r.Arch != g.native {
			return nil, fmt.Errorf("%w: recorded on both %s and %s, generate one policy each", ErrInvalid, g.native, r.Arch)
		}
		g.native = r.Arch
	}
	if !slices.ContainsFunc(p.Syscalls, func(s profiles.Syscall) bool { return s.Part == profiles.PartApplication }) || len(p.Runs) == 0 {
		return nil, ErrNoEvidence
	}
	if !g.native.Valid() {
		return nil, fmt.Errorf("%w: unknown architecture %.20q", ErrInvalid, g.native)
	}
	g.needs = o.Runtime
	if len(g.needs.Syscalls) == 0 {
		g.needs = baseline(p, o.NoNewPrivileges)
	}
	var err error
	g.ceiling, err = g.newCeiling()
	return g, err
}

// baseline is the built-in set for the runtime that was recorded last.
func baseline(p profiles.Profile, nnp bool) profiles.RuntimeNeeds {
	name, version, _ := strings.Cut(p.Runs[len(p.Runs)-1].Runtime, " ")
	if name == "" && p.Service.Kind == profiles.KindContainer {
		name = "runc"
	}
	return profiles.RuntimeBaseline(name, version, nnp)
}

// exists tells whether any host that the policy is for has the call.
func (g *generator) exists(name string) bool {
	for _, a := range g.hosts() {
		if _, ok := number(a, name); ok {
			return true
		}
	}
	return slices.ContainsFunc(g.second, func(a profiles.Arch) bool { _, ok := number(a, name); return ok })
}

// hosts are the native architectures that the policy is for, the recorded first.
func (g *generator) hosts() []profiles.Arch {
	out := []profiles.Arch{g.native}
	for _, a := range slices.Sorted(slices.Values(g.o.ExtraArch)) {
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

func (g *generator) note(format string, args ...any) {
	g.notes = append(g.notes, fmt.Sprintf(format, args...))
}

func (g *generator) why() map[string]Reason {
	out := map[string]Reason{}
	for name, r := range g.refused {
		out[name] = r.reason
	}
	for name, r := range g.allowed {
		out[name] = r.reason
	}
	return out
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
