package apparmor

import (
	"fmt"
	"slices"
	"strings"

	"batten/profiles"
)

// maxRules and maxBytes are what a host's parser still compiles in some seconds.
const (
	maxRules = 10000
	maxBytes = 1 << 20
)

func (g *generator) note(kind NoteKind, format string, args ...any) {
	g.notes = append(g.notes, Note{kind, fmt.Sprintf(format, args...)})
}

// allNotes adds what a reader should know, and sorts the notes.
func (g *generator) allNotes(p profiles.Profile) {
	g.lossNotes(p)
	g.choiceNotes(p)
	if n := len(g.sel.leftOut); n > 0 {
		g.note(NoteLeftOut, "what commands executed by hand (%d) did is left out; it can be included on request", n)
	}
	if names := distinct(g.running); len(names) > 0 {
		g.note(NoteWide, "files of %d generalised names may be mapped or executed, for example %s", len(names), printable(names[0]))
	}
	if refused := g.refusals(); len(refused) > 0 {
		g.note(NoteLeftOut, "%d recorded things have no rule, for example %s: %s", len(refused),
			printable(refused[0].Path), refused[0].Why)
	}
	slices.SortFunc(g.notes, func(a, b Note) int {
		if a.Kind != b.Kind {
			return strings.Compare(string(a.Kind), string(b.Kind))
		}
		return strings.Compare(a.Text, b.Text)
	})
	g.notes = slices.Compact(g.notes)
}

func (g *generator) lossNotes(p profiles.Profile) {
	if p.Loss.Paths > 0 {
		g.note(NoteIncomplete, "%d files or sockets were used that the recording lacks: the service may be refused them", p.Loss.Paths)
	}
	if p.Loss.Guessed > 0 {
		g.note(NoteIncomplete, "of %d paths the links could not be followed: AppArmor judges where they lead", p.Loss.Guessed)
	}
	if !p.Loss.Complete() {
		g.note(NoteIncomplete, "the recording is not complete in other things either")
	}
	if p.Loss.IOURing {
		g.note(NoteIncomplete, "io_uring was used: what goes through it is judged by AppArmor, and seen only by tracers on its hooks")
	}
	if g.runs < len(p.Runs) {
		g.note(NoteIncomplete, "only %d of %d runs recorded files", g.runs, len(p.Runs))
	}
	for _, r := range p.Runs {
		if !r.StartupSeen {
			g.note(NoteIncomplete, "a run was recorded without its start: what the service needs to start may be missing")
		}
		if !kernelOpens(r) {
			g.note(NoteIncomplete, "files were recorded from the arguments of calls: what the kernel opens itself, such as the interpreters of programs, may be missing")
		}
		if !r.SeesCapabilities() && g.o.Capabilities == nil {
			g.note(NoteIncomplete, "a run did not record capabilities: those that the service needs may be missing")
		}
	}
}

func (g *generator) choiceNotes(p profiles.Profile) {
	g.note(NoteChoice, "there is no deny rule: what no rule allows is denied, no wildcard reaches what docker-default protects, and a deny would also bind in complain mode")
	g.note(NoteChoice, "no abi is named: where the named file is missing, a profile does not compile")
	g.note(NoteChoice, "the runtime needs no rule, in its detached procfs neither: the profile is entered when it executes the service's program")
	g.note(NoteChoice, "commands that are executed into the service run under this profile too: a shell may find that it can do very little")
	g.note(NoteUncovered, "addresses and ports are not judged, only families and types of sockets; on kernels without the patches of some distributions Unix sockets without a path are neither")
	if g.o.NoNewPrivileges != p.NoNewPrivileges() {
		if g.o.NoNewPrivileges {
			g.note(NoteIncomplete, "recorded without no-new-privileges and meant for running with it: set-user-ID programs lose their effect")
		} else {
			g.note(NoteIncomplete, "recorded with no-new-privileges and meant for running without: what set-user-ID programs do then was not seen")
		}
	}
	if g.o.Complain {
		g.note(NoteChoice, "in complain mode nothing is refused: it is for watching, not for protection")
	}
}

// sizeNote warns of a profile that takes long to compile.
func (g *generator) sizeNote(rules int, text []byte) {
	if rules > maxRules || len(text) > maxBytes {
		g.note(NoteWide, "%d rules in %d KiB: compiling takes long, look whether a folder should be a volume or a cache", rules, len(text)>>10)
	}
}
