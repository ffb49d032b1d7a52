package rules

import (
	"path"
	"slices"

	"batten/profiles"
)

// shells may be named otherwise than the command that they run: by links, or as the
// program behind a line.
var shells = []string{"sh", "ash", "bash", "dash", "busybox"}

// servedBy is the program that one of the users of the steady phase served with. A
// recording names one program of each user, which may be that of a health check or of
// a command that somebody ran: then it is the service's own where no other user could
// have run that, and else not known, "".
func servedBy(p *profiles.Profile, steady []profiles.Identity, n int) string {
	named, own := steady[n].Program, ""
	beside := false
	for _, e := range p.Entries {
		if e.Kind == profiles.EntryMain {
			own = e.Program
			continue
		}
		shell := slices.Contains(shells, path.Base(named)) && (e.Program == "" || slices.Contains(shells, path.Base(e.Program)))
		beside = beside || e.Program == named || shell
	}
	switch {
	case !beside || named == own:
		return named
	case len(steady) == 1:
		return own
	}
	return ""
}

// inProgram names a program behind some words, "" when none is known.
func inProgram(words, program string) string {
	if program == "" {
		return ""
	}
	return words + plain(program)
}
