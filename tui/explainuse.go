package tui

import (
	"fmt"
	"strings"

	"batten/internal/engine"
	"batten/profiles"
)

// explainedUse lays out a file, a port, a socket, a signal or a line of a profile.
func explainedUse(x engine.Explanation, w int) []line {
	u := x.Use
	out := wrap(normal, x.Meaning, w)
	if x.Meaning == "" {
		out = nil
	}
	used := usedFiles(u.Files, w)
	used = append(used, usedSockets(u, w)...)
	used = append(used, usedFolders(u.Folders, w)...)
	out = append(out, section("who used it", used)...)
	if len(used)+len(u.AppArmor) == 0 {
		out = append(out, wrap(muted, "not used in the recordings of this project", w)...)
	}
	out = append(out, section("AppArmor rules for it", usedRules(u.AppArmor, w))...)
	var findings []line
	for _, d := range u.Findings {
		findings = append(findings, labelled(d.Finding.Rule, normal, d.Finding.ID()+": "+d.Finding.Message, w)...)
	}
	out = append(out, section("findings here", findings)...)
	var near []line
	for _, n := range u.Near {
		near = append(near, said(n.Path).and(muted, "  "+n.Service))
	}
	out = append(out, section("recorded is what is like it", near)...)
	if len(u.Unseen) > 0 {
		out = append(append(out, nil), wrap(warning, "files and sockets were not recorded of "+strings.Join(u.Unseen, ", ")+": batten trace records them", w)...)
	}
	return out
}

// section is a heading over lines; nothing when there are none.
func section(head string, lines []line) []line {
	if len(lines) == 0 {
		return nil
	}
	return append([]line{nil, as(heading, head)}, trimmed(lines)...)
}

// usedBy says who did what, and when first.
func usedBy(what, service string, part profiles.Part, entry, program string, runs, of int, phases []profiles.Phase, first *profiles.Origin, w int) []line {
	out := []line{nil, as(good, what).and(muted, " by ").and(strong, whose(service, part, entry))}
	out = append(out, below("program", program, w)...)
	out = append(out, below("runs", inRuns(runs, of), w)...)
	if part == "" {
		out = append(out, below("how", "sampled from outside", w)...)
	}
	out = append(out, below("phases", phaseWords(phases), w)...)
	return append(out, explainedFirst(first, w)...)
}

func usedFiles(files []engine.UsedFile, w int) []line {
	var out []line
	for _, f := range files {
		what := profiles.AccessText(f.Access)
		if f.Target != "" {
			what += " from " + f.Target
		}
		out = append(out, usedBy(what, f.Service, f.Part, f.Entry, f.Program, f.Runs, f.OfRuns, f.Phases, f.First, w)...)
		if f.Mount != "" {
			out = append(out, below("lies on", mountText(f.Mount), w)...)
		}
	}
	return out
}

func usedSockets(u *engine.Use, w int) []line {
	var out []line
	for _, s := range u.Sockets {
		out = append(out, usedBy(s.Socket.String(), s.Service, s.Part, s.Entry, strings.Join(s.Programs, ", "), s.Runs, s.OfRuns, nil, s.First, w)...)
	}
	for _, c := range u.Contacts {
		out = append(out, usedBy(c.Contact.String(), c.Service, c.Part, c.Entry, c.Program, c.Runs, c.OfRuns, nil, c.First, w)...)
	}
	return out
}

func usedFolders(folders []engine.UsedFolder, w int) []line {
	var out []line
	for _, f := range folders {
		out = append(out, as(strong, f.Service).and(normal, fmt.Sprintf(": %s, %d changed", counted(f.Paths, "path", "paths"), f.Changed)))
		out = append(out, below("programs", strings.Join(f.Programs, ", "), w)...)
		for _, p := range f.Examples {
			out = append(out, below("", p, w)...)
		}
		if more := f.Paths - len(f.Examples); more > 0 {
			out = append(out, below("", fmt.Sprintf("and %d more", more), w)...)
		}
	}
	return out
}

func usedRules(rules []engine.UsedRule, w int) []line {
	var out []line
	for _, r := range rules {
		out = append(out, as(strong, r.Service).and(normal, "  "+r.Text))
		out = append(out, below("why", r.Why, w)...)
		out = append(out, below("wider", r.Generalised, w)...)
	}
	return out
}

// mountWords are what a path lies on, in words.
var mountWords = map[profiles.MountKind]string{
	profiles.MountRoot: "the container's own layer", profiles.MountBind: "a bind of the host", profiles.MountVolume: "a volume",
	profiles.MountTmpfs: "a tmpfs", profiles.MountProc: "procfs", profiles.MountSys: "sysfs or control groups", profiles.MountDevice: "the engine's /dev",
}

func mountText(kind profiles.MountKind) string {
	if words, ok := mountWords[kind]; ok {
		return words
	}
	return string(kind)
}
