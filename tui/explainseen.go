package tui

import (
	"cmp"
	"fmt"
	"strings"

	"batten/internal/engine"
	"batten/internal/terminal"
	"batten/profiles"
)

// explainedSeen says which service needed something, when, and what made it do so.
func explainedSeen(s engine.Seen, w int) []line {
	verb, r := "made by", good
	switch {
	case s.Denied:
		verb, r = "refused to", bad
	case s.Noise:
		verb, r = "asked for, without need, by", muted
	case s.Caller != "" || s.Syscall != "":
		verb = "needed by"
	}
	out := []line{nil, as(r, verb).and(normal, " ").and(strong, whose(s.Service, s.Part, s.Entry))}
	out = append(out, below("runs", inRuns(s.Runs, s.OfRuns), w)...)
	out = append(out, below("phases", phaseWords(s.Phases), w)...)
	out = append(out, explainedFirst(s.First, w)...)
	if s.Syscall != "" {
		out = append(out, below("in call", s.Syscall, w)...)
	}
	out = append(out, below("asked by", s.Caller, w)...)
	for i, args := range s.Args {
		label := ""
		if i == 0 {
			label = "with"
		}
		out = append(out, below(label, args, w)...)
	}
	return out
}

// below is a labelled text that belongs to the line above; nothing when there is none.
func below(label, text string, w int) []line {
	if text == "" {
		return nil
	}
	return indented(as(muted, "  "+label), normal, text, labelWidth+2, w)
}

// explainedFirst is the program and the moment that something was first seen.
func explainedFirst(f *profiles.Origin, w int) []line {
	if f == nil {
		return nil
	}
	text := cmp.Or(f.Program, f.Comm, "a program without a name") + ", " + afterStart(f.Offset)
	if f.Phase != "" {
		text += ", during " + string(f.Phase)
	}
	out := below("first", text, w)
	if len(f.Args) > 0 {
		out = append(out, below("command", terminal.SafeArgs(f.Args), w)...)
	}
	return out
}

// afterStart says a moment of a recording, given in milliseconds.
func afterStart(ms uint64) string {
	if ms < 1000 {
		return fmt.Sprintf("%d ms after the start", ms)
	}
	return fmt.Sprintf("%.1f s after the start", float64(ms)/1000)
}

// whose names who did something on a service's account.
func whose(service string, part profiles.Part, entry string) string {
	switch part {
	case profiles.PartRuntime:
		return "the runtime that starts " + service
	case profiles.PartExec:
		return "a command executed into " + service + " (" + entry + ")"
	}
	return service
}

func inRuns(runs, of int) string {
	return fmt.Sprintf("%d of %s", runs, counted(of, "run", "runs"))
}

func phaseWords(phases []profiles.Phase) string {
	words := make([]string, len(phases))
	for i, p := range phases {
		words[i] = string(p)
	}
	return strings.Join(words, ", ")
}
