package capabilities

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"batten/profiles"
)

// Compose writes the set as the two keys of a compose service, without
// indentation, each added capability with its reason as a comment. Every reader of
// compose files from version 2 on takes it.
func (s Set) Compose() []byte {
	var b bytes.Buffer
	b.WriteString("cap_drop:\n  - ALL\n")
	if len(s.Add) > 0 {
		b.WriteString("cap_add:\n")
	}
	for i, name := range s.Add {
		fmt.Fprintf(&b, "  # %s\n  - %s\n", s.Evidence[i].Comment(), name)
	}
	return b.Bytes()
}

// Comment is one line of plain text for a file: a way in which the capability was
// used, the same however often it was seen, so that another run that shows nothing
// new changes no byte.
func (e Evidence) Comment() string {
	text := ""
	if len(e.Uses) > 0 {
		text = slices.MinFunc(e.Uses, compareUse).String()
	}
	return cmp.Or(text, e.Meaning)
}

// Reason is one line of plain text: how the capability was used first, and in how
// many runs.
func (e Evidence) Reason() string {
	text := ""
	if len(e.Uses) > 0 {
		text = e.Uses[0].String()
	}
	if text == "" {
		text = e.Meaning
	}
	if more := len(e.Uses) - 1; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%s; %d of %d runs", text, e.Runs, e.OfRuns)
}

// String is one line of plain text: "chown (chown_common) by /usr/bin/web at startup".
func (u Use) String() string {
	var parts []string
	switch {
	case u.Syscall != "" && u.Caller != "":
		parts = append(parts, plain(u.Syscall)+" ("+plain(u.Caller)+")")
	case u.Syscall != "" || u.Caller != "":
		parts = append(parts, plain(u.Syscall+u.Caller))
	}
	if u.Program != "" {
		parts = append(parts, "by "+plain(u.Program))
	}
	switch {
	case u.Part == profiles.PartExec:
		parts = append(parts, "in "+plain(u.Entry))
	case len(u.Phases) == 1:
		parts = append(parts, "at "+plain(string(u.Phases[0])))
	}
	return strings.Join(parts, " ")
}

// plain makes one harmless word of text that a traced program could choose.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r
		}
		return '?'
	}, s)
	if len(s) > 100 {
		s = s[:97] + "..."
	}
	return s
}
