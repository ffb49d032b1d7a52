package report

import (
	"strings"

	"batten/project"
)

func (a *apply) startCompose() {
	a.printf("## Start\n\n")
	programs := a.programs()
	if a.LimitsV1 != "" || a.LimitsV2 != "" {
		a.paragraph("Limits of processes have no spelling that all programs take, so that they stand in a small file beside, which the commands name.")
	}
	if len(programs) == 1 {
		other := "Compose v2 (`docker compose`)"
		if a.LimitsV1 == "" {
			other = "docker-compose 1.29"
		}
		a.paragraph("It is written for %s, the program that was found here. %s takes the same commands without that file, and then sets no limit of processes; to get one for it, run `batten harden --write` where it is the program that is installed.", programs[0].title, other)
	}
	a.paragraph("First see that the file is understood, then start. Containers that changed are made anew; volumes stay.")
	a.each(a.Hardened, true, "config -q", "up -d --remove-orphans")
	a.paragraph("When it says that a network has to be made anew, stop the project first; named volumes stay, but data in volumes without a name are left behind:")
	a.each(a.Hardened, true, "down")
}

// images are those of services, without what pins them, in the order of the
// services.
func images(p *project.Project) []string {
	var out []string
	for _, s := range p.Services {
		if s.Image == "" || s.Build {
			continue
		}
		name, _, _ := strings.Cut(s.Image, "@")
		out = union(out, []string{name})
	}
	return out
}
