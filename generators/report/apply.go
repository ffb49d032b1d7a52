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
	Secrets  []Secret
	// EnvFiles hold variables that the hardened file takes its values from; to be
	// read by the shell before anything is started.
	EnvFiles []string
	Workload string   // of batten.yaml
	Written  []string // everything that batten wrote
}

// Secret is a value that was moved into a file.
type Secret struct {
	Name     string // as the compose file names it
	What     string // what it was: "POSTGRES_PASSWORD"
	Path     string // of the file
	Mode     uint32
	UID      *int // owner, nil for the user's own
	Services []string
	External bool // the hardened file expects the swarm to have it
}

// SecretsOf are the secrets that a plan's applied decisions put into files, by
// path. Their names are those of the files.
func SecretsOf(p *plan.Plan) []Secret {
	byPath := map[string]int{}
	var out []Secret
	for _, d := range p.Applied() {
		if d.Finding.Fix == nil {
			continue
		}
		for _, f := range d.Finding.Fix.Files {
			i, ok := byPath[f.Path]
			if !ok {
				i = len(out)
				byPath[f.Path] = i
				out = append(out, Secret{
					Name: f.Path[strings.LastIndexByte(f.Path, '/')+1:], What: d.Finding.Key, Path: f.Path,
					Mode: f.Mode, UID: f.UID, External: p.Target == plan.TargetSwarm,
				})
			}
			if s := d.Finding.Service; s != "" {
				out[i].Services = union(out[i].Services, []string{s})
			}
		}
	}
	slices.SortFunc(out, func(a, b Secret) int { return strings.Compare(a.Path, b.Path) })
	return out
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
	if in.Plan.Target == plan.TargetSwarm {
		a.rotate()
	}
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

// v1 and v2 begin the commands of the two programs, the installed one first.
func (a *apply) v1() string { return a.compose("docker-compose", a.Hardened, a.LimitsV1) }
func (a *apply) v2() string { return a.compose("docker compose", a.Hardened, a.LimitsV2) }

// either gives a command for both programs, under a word on which is which.
func (a *apply) either(command string) {
	a.paragraph("With docker-compose 1.29:")
	a.commands(a.v1() + " " + command)
	a.paragraph("With Compose v2 (`docker compose`):")
	a.commands(a.v2() + " " + command)
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
