package ebpf

import (
	"fmt"

	"batten/profiles"
)

// deniedKilled is KILLED of the programs; 1 is an error answer.
const deniedKilled = 2

func (c *collector) addCall(k objectsCallKey, v objectsCall) {
	part, entry, phase := c.place(k.Bucket)
	arch := archOf(k.Arch)
	name := callName(arch, k.Nr)
	origin := c.origin(v, k.Unit, phase)
	id := fmt.Sprint(name, "\x00", arch, "\x00", part, "\x00", entry)
	if k.Denied != 0 {
		id = fmt.Sprint(id, "\x00", k.Error, "\x00", k.Denied)
		d := c.denials[id]
		if d == nil {
			d = &profiles.Denial{Name: name, Arch: arch, Part: part, Entry: entry, Runs: 1, Errno: int(k.Error), Killed: k.Denied == deniedKilled}
			c.denials[id] = d
		}
		d.First = earlier(d.First, origin)
		c.addArguments(&d.Args, name, k, v)
		return
	}
	s := c.calls[id]
	if s == nil {
		s = &profiles.Syscall{Name: name, Arch: arch, Part: part, Entry: entry, Runs: 1}
		c.calls[id] = s
	}
	s.Phases = addPhase(s.Phases, phase)
	s.First = earlier(s.First, origin)
	c.addArguments(&s.Args, name, k, v)
}

// addArguments joins the tuples of one bucket to those of the others.
func (c *collector) addArguments(into **profiles.Arguments, name string, k objectsCallKey, v objectsCall) {
	spec, ok := profiles.ArgumentsOf(name)
	if !ok {
		return
	}
	if *into == nil {
		*into = &profiles.Arguments{Index: spec.Index, Complete: true}
		c.args[*into] = map[string]bool{}
	}
	a := *into
	// Of calls in another convention the programs record no arguments.
	if k.Arch != 0 || int(v.Tuples) > profiles.MaxArgumentTuples {
		a.Complete = false
	}
	for _, raw := range c.s.truth.tuples[k] {
		tuple := make([]uint64, len(spec.Index))
		for i, index := range spec.Index {
			tuple[i] = raw[index]
		}
		tuple = spec.Apply(tuple)
		if key := fmt.Sprint(tuple); !c.args[a][key] {
			c.args[a][key] = true
			a.Values = append(a.Values, tuple)
		}
	}
	if len(a.Values) > profiles.MaxArgumentTuples {
		a.Values, a.Complete = a.Values[:profiles.MaxArgumentTuples], false
	}
}

func (c *collector) addCapability(k objectsCapKey, v objectsCall) {
	part, entry, phase := c.place(k.Bucket)
	frames := make([]string, 0, len(k.Frames))
	for _, f := range k.Frames {
		frames = append(frames, c.s.symbols.name(f))
	}
	caller, class := classify(frames)
	if k.Borrowed != 0 {
		// Checked against somebody else's credentials: a file system acting for
		// whoever mounted it.
		class = profiles.ClassNoise
	}
	if k.Quiet != 0 && class != profiles.ClassNeed {
		class = profiles.ClassNoise // asked without audit, by a caller that is no known need
	}
	call := ""
	if k.Nr != 0xffff {
		call = callName(native(), k.Nr)
	}
	name := profiles.CapabilityName(int(k.Cap))
	id := fmt.Sprint(name, "\x00", k.Granted, "\x00", part, "\x00", entry, "\x00", caller, "\x00", call, "\x00", class)
	p := c.caps[id]
	if p == nil {
		p = &profiles.Capability{
			Name: name, Granted: k.Granted != 0, Part: part, Entry: entry,
			Caller: caller, Syscall: call, Class: class, Runs: 1,
		}
		c.caps[id] = p
	}
	p.Phases = addPhase(p.Phases, phase)
	p.Programs = addText(p.Programs, c.exe(k.Unit, k.Exe))
	p.First = earlier(p.First, c.origin(v, k.Unit, phase))
}
