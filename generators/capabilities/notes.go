package capabilities

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"batten/profiles"
)

// NoteKind tells what a note is about, so that rules can act on it.
type NoteKind string

const (
	// NoteUser suggests a user: setting instead of changing the user at the start.
	NoteUser NoteKind = "user"
	// NotePort suggests a port above 1023 instead of NET_BIND_SERVICE.
	NotePort NoteKind = "port"
	// NoteOwner suggests right owners and modes instead of capabilities over files.
	NoteOwner NoteKind = "owner"
	// NoteStartup says that a capability was used only until the service was ready.
	NoteStartup NoteKind = "startup"
	// NoteRare says that a capability was not seen in every run.
	NoteRare NoteKind = "rare"
	// NoteUnknown says that the reason could not be read.
	NoteUnknown NoteKind = "unknown"
	// NoteBroad warns of a capability that is near to root.
	NoteBroad NoteKind = "broad"
	// NoteEvidence says what the evidence cannot show.
	NoteEvidence NoteKind = "evidence"
)

// Note is advice about a set.
type Note struct {
	Kind  NoteKind
	Names []string // capabilities that it is about, "CAP_…", sorted
	Text  string
}

// broad gives a way to the whole host or near to it.
var broad = []string{
	"CAP_BPF", "CAP_DAC_READ_SEARCH", "CAP_MAC_ADMIN", "CAP_MAC_OVERRIDE", "CAP_NET_ADMIN", "CAP_SYS_ADMIN",
	"CAP_SYS_BOOT", "CAP_SYS_MODULE", "CAP_SYS_PTRACE", "CAP_SYS_RAWIO", "CAP_SYS_TIME", "CAP_SYSLOG",
}

func notes(s Set, p profiles.Profile, g gathered) []Note {
	var out []Note
	add := func(k NoteKind, names []string, format string, args ...any) {
		out = append(out, Note{k, names, fmt.Sprintf(format, args...)})
	}
	pick := func(keep func(Evidence) bool) []string {
		var names []string
		for _, e := range s.Evidence {
			if keep(e) {
				names = append(names, e.Name)
			}
		}
		return names
	}
	among := func(names ...string) func(Evidence) bool {
		return func(e Evidence) bool { return slices.Contains(names, e.Name) }
	}
	if ids := pick(func(e Evidence) bool { return e.StartupOnly && among("CAP_SETUID", "CAP_SETGID")(e) }); len(ids) > 0 {
		add(NoteUser, ids, "the service changes its user once at the start; with a user: setting it need not, and %s can go", list(ids))
	}
	if names := pick(among("CAP_NET_BIND_SERVICE")); len(names) > 0 {
		add(NotePort, names, "it listens on a port below 1024; a port above, published as before, needs no capability")
	}
	if names := pick(among("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER")); len(names) > 0 {
		add(NoteOwner, names, "%s %s over owners and modes of files; files that belong to the service's user do not need %s",
			list(names), number(names, "reaches", "reach"), number(names, "it", "them"))
	}
	if names := pick(func(e Evidence) bool { return e.StartupOnly && !among("CAP_SETUID", "CAP_SETGID")(e) }); len(names) > 0 {
		add(NoteStartup, names, "%s %s used only until the service was ready", list(names), number(names, "was", "were"))
	}
	if names := pick(func(e Evidence) bool { return e.Runs < e.OfRuns }); len(names) > 0 {
		add(NoteRare, names, "%s %s not seen in every run", list(names), number(names, "was", "were"))
	}
	if names := pick(func(e Evidence) bool { return e.UnknownOnly }); len(names) > 0 {
		add(NoteUnknown, names, "why %s %s asked for could not be read; %s counted as needed",
			list(names), number(names, "was", "were"), number(names, "it is", "they are"))
	}
	if names := pick(among(broad...)); len(names) > 0 {
		add(NoteBroad, names, "%s %s near to full control of the host", list(names), number(names, "is", "are"))
	}
	if len(s.Beyond) > 0 {
		var names []string
		for _, e := range s.Beyond {
			names = append(names, e.Name)
		}
		add(NoteEvidence, names, "%s %s used while it was recorded, but the service does not have %s: left out",
			list(names), number(names, "was", "were"), number(names, "it", "them"))
	}
	if names := slices.Sorted(maps.Keys(g.execLeft)); len(names) > 0 {
		names = slices.DeleteFunc(names, func(n string) bool { return g.needed[n] != nil })
		if len(names) > 0 {
			add(NoteEvidence, names, "%s %s used only by commands executed by hand: left out", list(names), number(names, "was", "were"))
		}
	}
	if !slices.ContainsFunc(p.Runs, func(r profiles.Run) bool { return r.StartupSeen }) {
		add(NoteEvidence, nil, "the start was not seen: capabilities that are used only then are missing")
	}
	if g.unknownNames {
		add(NoteEvidence, nil, "a capability that no table names was seen and is left out")
	}
	return out
}

func list(names []string) string {
	short := make([]string, len(names))
	for i, n := range names {
		short[i] = strings.TrimPrefix(n, "CAP_")
	}
	return strings.Join(short, ", ")
}

// number chooses the form of a word that goes with the names.
func number(names []string, one, more string) string {
	if len(names) == 1 {
		return one
	}
	return more
}
