package profiles

import "slices"

// clone copies evidence deeply: merging and encoding never change what the
// caller handed in.
func (e Evidence) clone() Evidence {
	out := Evidence{
		Entries:      slices.Clone(e.Entries),
		Syscalls:     slices.Clone(e.Syscalls),
		Denied:       slices.Clone(e.Denied),
		Capabilities: slices.Clone(e.Capabilities),
		Programs:     slices.Clone(e.Programs),
		Files:        slices.Clone(e.Files),
		Sockets:      slices.Clone(e.Sockets),
		Contacts:     slices.Clone(e.Contacts),
		Mounts:       slices.Clone(e.Mounts),
		Identities:   slices.Clone(e.Identities),
		Resources:    e.Resources.clone(),
		Loss:         e.Loss,
	}
	for i := range out.Entries {
		out.Entries[i].Args = slices.Clone(out.Entries[i].Args)
	}
	for i := range out.Syscalls {
		s := &out.Syscalls[i]
		s.Phases, s.Args, s.First = slices.Clone(s.Phases), s.Args.clone(), s.First.clone()
	}
	for i := range out.Denied {
		d := &out.Denied[i]
		d.Args, d.First = d.Args.clone(), d.First.clone()
	}
	for i := range out.Capabilities {
		c := &out.Capabilities[i]
		c.Phases, c.Programs, c.First = slices.Clone(c.Phases), slices.Clone(c.Programs), c.First.clone()
	}
	for i := range out.Programs {
		out.Programs[i].First = out.Programs[i].First.clone()
	}
	for i := range out.Files {
		f := &out.Files[i]
		f.Access, f.Phases, f.First = slices.Clone(f.Access), slices.Clone(f.Phases), f.First.clone()
	}
	for i := range out.Sockets {
		x := &out.Sockets[i]
		x.Programs, x.First = slices.Clone(x.Programs), x.First.clone()
	}
	for i := range out.Contacts {
		out.Contacts[i].First = out.Contacts[i].First.clone()
	}
	for i := range out.Mounts {
		m := &out.Mounts[i]
		m.Options, m.First = slices.Clone(m.Options), m.First.clone()
	}
	for i := range out.Identities {
		out.Identities[i].Phases = slices.Clone(out.Identities[i].Phases)
	}
	return out
}

func (p Profile) clone() Profile {
	p.Service = p.Service.clone()
	p.Runs = slices.Clone(p.Runs)
	p.Evidence = p.Evidence.clone()
	return p
}

func (s Service) clone() Service {
	s.Command = slices.Clone(s.Command)
	return s
}

func (o *Origin) clone() *Origin {
	if o == nil {
		return nil
	}
	c := *o
	c.Args = slices.Clone(o.Args)
	return &c
}

func (a *Arguments) clone() *Arguments {
	if a == nil {
		return nil
	}
	c := Arguments{Index: slices.Clone(a.Index), Values: slices.Clone(a.Values), Complete: a.Complete}
	for i := range c.Values {
		c.Values[i] = slices.Clone(c.Values[i])
	}
	return &c
}
