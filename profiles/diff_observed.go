package profiles

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
)

// observedFacts are the files, sockets, contacts, mounts and identities of a profile.
// Files are compared by who did what where both profiles recorded that; else by which
// paths were changed. What the runtime did is left out.
func observedFacts(p, other Profile, put func(key string, c Change)) {
	add := func(c Change) { put(c.key(), c) }
	recorded := p.SeesFiles() && other.SeesFiles()
	if recorded {
		p.recordedFacts(add)
	} else if p.showsFiles() && other.showsFiles() {
		for _, f := range p.Changed() {
			add(Change{Kind: ChangeFile, Name: f.Path, First: f.First.clone()})
		}
	}
	if !recorded && (!p.sampled() || !other.sampled()) {
		return
	}
	for _, s := range p.Sockets {
		if s.Part != PartRuntime {
			add(Change{Kind: ChangeSocket, Name: s.String()})
		}
	}
	if !p.sampled() || !other.sampled() {
		return
	}
	for _, i := range p.Identities {
		add(Change{Kind: ChangeIdentity, Name: fmt.Sprintf("%d:%d", i.UID, i.GID)})
	}
}

// recordedFacts are those that a tracer records as they happen.
func (p Profile) recordedFacts(add func(Change)) {
	for _, f := range p.Files {
		if f.Part == PartRuntime || f.Part == "" {
			continue
		}
		for _, a := range f.Access {
			add(Change{Kind: ChangeFile, Name: f.Path, Part: f.Part, Access: []Access{a}, Program: f.Program, First: f.First.clone()})
		}
	}
	for _, c := range p.Contacts {
		if c.Part != PartRuntime {
			add(Change{Kind: ChangeContact, Name: c.String(), Part: c.Part, Program: c.Program})
		}
	}
	for _, m := range p.Mounts {
		if m.Part != PartRuntime {
			add(Change{Kind: ChangeMount, Name: m.String(), Part: m.Part, Program: m.Program})
		}
	}
}

// joinAccess makes one change of all that one program did with a path.
func joinAccess(all []Change) []Change {
	type key struct {
		name, program string
		part          Part
	}
	out := []Change{}
	at := map[key]int{}
	for _, c := range all {
		k := key{c.Name, c.Program, c.Part}
		i, known := at[k]
		switch {
		case c.Kind != ChangeFile || len(c.Access) == 0:
			out = append(out, c)
		case known:
			out[i].Access = sortAccess(append(slices.Clone(out[i].Access), c.Access...))
			out[i].First = betterOrigin(out[i].First, c.First)
		default:
			at[k] = len(out)
			out = append(out, c)
		}
	}
	return out
}

// accessWords are what was done with a file, as it is said after its name.
var accessWords = map[Access]string{
	AccessRead: "read", AccessCreate: "created", AccessWrite: "written", AccessAppend: "appended to", AccessTruncate: "truncated",
	AccessRemove: "removed", AccessRename: "renamed", AccessReplace: "replaced", AccessLink: "linked", AccessSymlink: "made a link",
	AccessChmod: "chmod", AccessChown: "chown", AccessLock: "locked", AccessLockOnly: "locked for itself", AccessMap: "mapped executable",
	AccessExecute: "executed", AccessBind: "made a socket", AccessConnect: "connected to",
}

func accessWord(a Access) string { return cmp.Or(accessWords[a], plain(string(a))) }

// AccessText says what was done in words, with commas: "read, mapped executable".
func AccessText(all []Access) string {
	words := make([]string, len(all))
	for i, a := range all {
		words[i] = accessWord(a)
	}
	return strings.Join(words, ", ")
}

// String is the contact in one line, such as "signal TERM to its own processes". The
// program that did it is not in it.
func (c Contact) String() string {
	text := plain(string(c.Kind))
	if c.Signal != "" {
		text += " " + plain(c.Signal)
	}
	switch c.Peer {
	case "":
		return text + " to its own processes"
	case Outside:
		return text + " to processes outside"
	}
	return text + " to " + plain(c.Peer)
}

// String is the mount in one line, such as "mount tmpfs on /run".
func (m Mount) String() string {
	text := plain(m.Operation)
	if m.Type != "" {
		text += " " + plain(m.Type)
	}
	if m.Source != "" {
		text += " " + plain(m.Source)
	}
	text += " on " + plain(m.Path)
	for i, o := range m.Options {
		text += []string{" with ", ","}[min(i, 1)] + plain(o)
	}
	return text
}

// sampled tells whether any run was looked at from outside. Without, that there
// are no sockets says nothing.
func (e Evidence) sampled() bool {
	return e.Resources != nil || len(e.Sockets) > 0 || len(e.Identities) > 0
}

// showsFiles tells whether a run could see what was written: where nothing was, a
// container was at least sampled.
func (p Profile) showsFiles() bool {
	return len(p.Files) > 0 || p.Service.Kind == KindContainer && p.sampled()
}

// String is the socket in one line, such as "listen tcp 0.0.0.0:80".
func (s Socket) String() string {
	if s.Protocol == "unix" {
		return fmt.Sprintf("%s unix @%s", plain(string(s.Use)), plain(s.Name))
	}
	host := cmp.Or(s.Peer, s.Address, "*")
	return fmt.Sprintf("%s %s %s", plain(string(s.Use)), plain(s.Protocol), net.JoinHostPort(plain(host), strconv.Itoa(s.Port)))
}
