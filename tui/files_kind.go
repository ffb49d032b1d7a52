package tui

import (
	"path"
	"strings"

	"batten/internal/engine"
)

// fileKind is what sort of file one is, by which it has its views.
type fileKind uint8

const (
	kindPlain    fileKind = iota
	kindCompose           // with a difference to the user's own
	kindSeccomp           // profile
	kindAppArmor          // profile
	kindSecret
	kindPage // for people to read
)

// fileView is a way in which a file is shown.
type fileView uint8

const (
	viewFile fileView = iota
	viewDifference
	viewCalls
	viewCompared
	viewRules
	viewPage
)

// viewsOf are the views of each kind, in the order in which they follow each other.
var viewsOf = [...][]fileView{
	kindPlain:    {viewFile},
	kindCompose:  {viewDifference, viewFile},
	kindSeccomp:  {viewCalls, viewCompared, viewFile},
	kindAppArmor: {viewRules, viewFile},
	kindSecret:   {viewFile},
	kindPage:     {viewPage, viewFile},
}

var viewNames = [...]string{
	viewFile: "the file as it is", viewDifference: "compared with your own file", viewCalls: "calls by the reason for each",
	viewCompared: "compared with Docker's default", viewRules: "rules with the reason for each", viewPage: "the page as it is read",
}

// kindsOf tell the kind of a file by what the engine calls it.
var kindsOf = map[string]fileKind{"seccomp profile": kindSeccomp, "AppArmor profile": kindAppArmor, "secret": kindSecret}

func kindOf(f *engine.FileChange) fileKind {
	switch {
	case f == nil:
		return kindPlain
	case len(f.Hunks) > 0:
		return kindCompose
	}
	if kind, ok := kindsOf[f.What]; ok {
		return kind
	}
	if path.Ext(f.Path) == ".md" {
		return kindPage
	}
	return kindPlain
}

// serviceOf is the service that a profile is of.
func serviceOf(m *model, f *engine.FileChange) string {
	for _, c := range m.hardening.AppArmor {
		if c.Path == f.Path {
			return c.Service
		}
	}
	return strings.TrimSuffix(path.Base(f.Path), ".json")
}

// commandOf is the command that shows the chosen file, or everything.
func (s *filesScreen) commandOf(m *model) string {
	f := s.chosen()
	switch kindOf(f) {
	case kindSeccomp:
		return m.cli("profile", "show", serviceOf(m, f), "--format", "docker")
	case kindAppArmor:
		return m.cli("profile", "show", serviceOf(m, f), "--format", "apparmor")
	}
	return m.hardenCommand()
}
