package main

import (
	"cmp"
	"fmt"
	"strings"

	"batten/internal/engine"
	"batten/internal/terminal"
	"batten/profiles"
)

// printUse prints who used a file, port, socket or signal.
func (a *app) printUse(x engine.Explanation) {
	st := a.style()
	u := x.Use
	fmt.Fprintf(a.stdout, "%s  %s\n", st.Bold(terminal.Safe(x.Name)), st.Muted(x.Kind))
	if x.Meaning != "" {
		a.printWrapped(plain, "  ", "    ", terminal.Safe(x.Meaning))
	}
	for _, f := range u.Files {
		a.printUsed(profiles.AccessText(f.Access)+targetText(f.Target), f.Service, f.Part, f.Program, f.Entry, f.Phases, f.Runs, f.OfRuns, f.First)
		if f.Mount != "" {
			fmt.Fprintf(a.stdout, "    on %s\n", mountText(f.Mount))
		}
	}
	for _, s := range u.Sockets {
		a.printUsed(s.Socket.String(), s.Service, s.Part, strings.Join(s.Programs, ", "), s.Entry, nil, s.Runs, s.OfRuns, s.First)
	}
	for _, c := range u.Contacts {
		a.printUsed(c.Contact.String(), c.Service, c.Part, c.Program, c.Entry, nil, c.Runs, c.OfRuns, c.First)
	}
	for _, f := range u.Folders {
		text := fmt.Sprintf("%s: %s below it, %d changed", terminal.Safe(f.Service), plural(f.Paths, "path", "paths"), f.Changed)
		if x.Name != f.Path || strings.ContainsAny(x.Name, "*?[") {
			text = fmt.Sprintf("%s: %s like it, %d changed", terminal.Safe(f.Service), plural(f.Paths, "path", "paths"), f.Changed)
		}
		if len(f.Programs) > 0 {
			text += ", by " + strings.Join(safeAll(f.Programs), ", ")
		}
		a.printWrapped(plain, "  ", "    ", text)
		for _, p := range f.Examples {
			fmt.Fprintf(a.stdout, "    %s\n", terminal.Safe(p))
		}
		if more := f.Paths - len(f.Examples); more > 0 {
			fmt.Fprintf(a.stdout, "    %s\n", st.Muted(fmt.Sprintf("and %d more", more)))
		}
	}
	for _, r := range u.AppArmor {
		a.printWrapped(st.Accent, "  AppArmor, "+terminal.Safe(r.Service)+": ", "    ", terminal.Safe(r.Text))
		a.printWrapped(plain, "    ", "      ", terminal.Safe(r.Why))
		if r.Generalised != "" {
			a.printWrapped(plain, "    ", "      ", terminal.Safe(r.Generalised))
		}
	}
	for _, d := range u.Findings {
		text := d.Finding.ID() + ": " + d.Finding.Message
		if d.Finding.Fix != nil {
			text += "; " + map[bool]string{true: "applied: ", false: "not applied: "}[d.Apply] + d.Finding.Fix.Summary
		}
		a.printWrapped(plain, "  ", "    ", terminal.Safe(text))
	}
	a.printUnused(u)
}

// printUnused says what it means that nothing was found.
func (a *app) printUnused(u *engine.Use) {
	st := a.style()
	if len(u.Files)+len(u.Sockets)+len(u.Contacts)+len(u.Folders)+len(u.AppArmor) == 0 {
		fmt.Fprintf(a.stdout, "  %s\n", st.Muted("not used in the recordings of this project"))
	}
	for i, n := range u.Near {
		if i == 0 {
			fmt.Fprintln(a.stdout, "  recorded is what is like it:")
		}
		fmt.Fprintf(a.stdout, "    %s  %s\n", terminal.Safe(n.Path), st.Muted(terminal.Safe(n.Service)))
	}
	if len(u.Unseen) > 0 {
		a.printWrapped(st.Muted, "  ", "    ", "files and sockets were not recorded of "+strings.Join(safeAll(u.Unseen), ", ")+": batten trace records them")
	}
}

func (a *app) printUsed(what, service string, part profiles.Part, program, entry string, phases []profiles.Phase, runs, ofRuns int, first *profiles.Origin) {
	st := a.style()
	who := terminal.Safe(service)
	switch part {
	case profiles.PartRuntime:
		who = "the runtime that starts " + who
	case profiles.PartExec:
		who = "a command executed into " + who + " (" + terminal.Safe(entry) + ")"
	}
	text := fmt.Sprintf("%s by %s, in %d of %s%s", terminal.Safe(what), who, runs, plural(ofRuns, "run", "runs"), phasesText(phases))
	if part == "" {
		text += ", as sampled from outside"
	}
	a.printWrapped(plain, "  ", "    ", text)
	if program != "" {
		fmt.Fprintf(a.stdout, "    program %s\n", st.Accent(terminal.Safe(program)))
	}
	if first != nil {
		line := fmt.Sprintf("first by %s after %d ms", terminal.Safe(cmp.Or(first.Program, first.Comm, "it")), first.Offset)
		if len(first.Args) > 0 {
			line += ": " + terminal.SafeArgs(first.Args)
		}
		a.printWrapped(plain, "    ", "      ", line)
	}
}

func targetText(target string) string {
	if target == "" {
		return ""
	}
	return " from " + target
}

// mountWords are what a path lies on, in words.
var mountWords = map[profiles.MountKind]string{
	profiles.MountRoot: "the container's own layer", profiles.MountBind: "a bind of the host", profiles.MountVolume: "a volume",
	profiles.MountTmpfs: "a tmpfs", profiles.MountProc: "procfs", profiles.MountSys: "sysfs or control groups", profiles.MountDevice: "the engine's /dev",
}

func mountText(kind profiles.MountKind) string {
	return cmp.Or(mountWords[kind], terminal.Safe(string(kind)))
}
