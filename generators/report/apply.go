package report

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

// ApplyInput is what the commands are about. All paths are relative to the
// project's folder, with slashes.
type ApplyInput struct {
	Project *project.Project
	Plan    *plan.Plan
	Sources []string // the user's compose files, in their order
	// Hardened are the files to start from, in their order; the sources themselves
	// when they were changed in place.
	Hardened []string
	InPlace  bool
	// LimitsV1 and LimitsV2 are further files with what has no spelling common to
	// all readers, such as a limit of processes; "" without one.
	LimitsV1, LimitsV2 string
	// AppArmor are files of profiles, by the name of the profile.
	AppArmor map[string]string
	// AppArmorUnnamed are files of profiles that the hardened file does not name,
	// because the engine it was made for does not confine with AppArmor.
	AppArmorUnnamed []string
	// AppArmorComplain tells that the profiles log and refuse nothing.
	AppArmorComplain bool
	Secrets          []Secret
	// EnvFiles hold variables that the hardened file takes its values from; to be
	// read by the shell before anything is started.
	EnvFiles []string
	Workload string   // of batten.yaml
	Written  []string // everything that batten wrote
}

// Apply is the page of commands: to start the hardened project, to see that it is
// what it should be, and to go back.
func Apply(in ApplyInput) []byte {
	a := &apply{ApplyInput: in}
	a.printf("# Applying the hardening of %s\n\n", code(in.Project.Name))
	a.paragraph("Commands are for a POSIX shell in the project's folder, the one that %s stands in. Paths in the files, such as those of seccomp profiles, count from there: docker-compose 1.29 looks for them in the folder that it is called in.", code(first(in.Hardened)))
	a.secrets()
	a.environment()
	a.appArmor()
	if in.Plan.Target == plan.TargetSwarm {
		a.startStack()
	} else {
		a.startCompose()
	}
	a.check()
	a.rotate()
	a.trust()
	a.undo()
	return []byte(a.b.String())
}

type apply struct {
	ApplyInput
	b strings.Builder
}

func (a *apply) printf(format string, args ...any) { fmt.Fprintf(&a.b, format, args...) }

func (a *apply) paragraph(format string, args ...any) {
	a.b.WriteString(wrap(fmt.Sprintf(format, args...), ""))
	a.b.WriteByte('\n')
}

// commands is a block to paste.
func (a *apply) commands(lines ...string) {
	a.printf("```sh\n%s\n```\n\n", strings.Join(lines, "\n"))
}

// compose is the beginning of a compose command: program, project, files.
func (a *apply) compose(program string, files []string, limits string) string {
	words := []string{program, "-p", shell(a.Project.Name)}
	for _, f := range files {
		words = append(words, "-f", path(f))
	}
	if limits != "" {
		words = append(words, "-f", path(limits))
	}
	return strings.Join(words, " ")
}

// program is a compose program with the limits file that was written for it.
type program struct{ title, command, limits string }

// programs are those that the commands are for: where a limits file was written,
// the ones that have one, else both.
func (a *apply) programs() []program {
	all := []program{
		{"docker-compose 1.29", "docker-compose", a.LimitsV1},
		{"Compose v2 (`docker compose`)", "docker compose", a.LimitsV2},
	}
	if a.LimitsV1 == "" && a.LimitsV2 == "" {
		return all
	}
	return slices.DeleteFunc(all, func(p program) bool { return p.limits == "" })
}

// each gives commands for each program, under a word on which it is.
func (a *apply) each(files []string, limits bool, commands ...string) {
	for _, p := range a.programs() {
		if !limits {
			p.limits = ""
		}
		a.paragraph("With %s:", p.title)
		var lines []string
		for _, c := range commands {
			lines = append(lines, a.compose(p.command, files, p.limits)+" "+c)
		}
		a.commands(lines...)
	}
}

// folder is where the files of secrets are.
func (a *apply) folder() string {
	if len(a.Secrets) == 0 {
		return ""
	}
	return filepath.ToSlash(filepath.Dir(a.Secrets[0].Path))
}

func first(names []string) string {
	if len(names) == 0 {
		return "compose.yml"
	}
	return names[0]
}
