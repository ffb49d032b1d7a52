package report

import (
	"fmt"
	"strings"

	"batten/project"
)

func (a *apply) startCompose() {
	a.printf("## Start\n\n")
	if a.LimitsV1 != "" || a.LimitsV2 != "" {
		a.paragraph("Limits of processes have no spelling that all programs take, so that they stand in a small file beside: each program has its own, and the commands name it.")
	}
	a.paragraph("First see that the file is understood, then start. Containers that changed are made anew; volumes stay.")
	a.paragraph("With docker-compose 1.29:")
	a.commands(a.v1()+" config -q", a.v1()+" up -d --remove-orphans")
	a.paragraph("With Compose v2 (`docker compose`):")
	a.commands(a.v2()+" config -q", a.v2()+" up -d --remove-orphans")
	a.paragraph("When it says that a network has to be made anew, stop the project first; named volumes stay, but data in volumes without a name are left behind:")
	a.either("down")
}

func (a *apply) startStack() {
	a.printf("## Start\n\n")
	a.paragraph("This machine has to be a manager of a swarm. If it is in none yet:")
	a.commands("docker swarm init")
	if built := a.built(); len(built) > 0 {
		names := make([]string, len(built))
		for i, n := range built {
			names[i] = code(n)
		}
		a.paragraph("A stack builds no images. Build those of %s first; with more than one node, push them to a registry that all nodes reach:", strings.Join(names, ", "))
		a.commands("docker-compose -p "+shell(a.Project.Name)+a.filesOf(a.Sources)+" build", "docker-compose -p "+shell(a.Project.Name)+a.filesOf(a.Sources)+" push")
	}
	if external := a.external(); len(external) > 0 {
		a.paragraph("Give the swarm its secrets. It keeps them encrypted and shows their values to nobody; a container sees them in `/run/secrets`, in memory:")
		var lines []string
		for _, s := range external {
			lines = append(lines, createSecret(s, s.Name))
		}
		a.commands(append(lines, "docker secret ls", "docker secret inspect --pretty "+path(external[0].Name))...)
		a.paragraph("The files are not needed on this machine any more. Keep the values where you keep passwords.")
	}
	a.paragraph("See that the file is understood, then deploy:")
	deploy := "docker stack deploy" + strings.ReplaceAll(a.filesOf(a.Hardened), " -f ", " -c ") + " " + path(a.Project.Name)
	a.commands("docker stack config"+strings.ReplaceAll(a.filesOf(a.Hardened), " -f ", " -c ")+" > /dev/null", deploy)
}

func (a *apply) filesOf(files []string) string {
	var b strings.Builder
	for _, f := range files {
		b.WriteString(" -f " + path(f))
	}
	return b.String()
}

func (a *apply) external() []Secret {
	var out []Secret
	for _, s := range a.Secrets {
		if s.External {
			out = append(out, s)
		}
	}
	return out
}

// rotate has the commands for secrets of running services of a swarm.
func (a *apply) rotate() {
	external := a.external()
	if len(external) == 0 {
		return
	}
	a.printf("## Changing a secret\n\n")
	a.paragraph("A secret of a swarm cannot be changed: a new one takes the old one's place, under the name that the service knows. Change the password at the service that checks it first.")
	for _, s := range external {
		next := s.Name + ".2"
		lines := []string{createSecret(s, next)}
		for _, service := range s.Services {
			lines = append(lines, fmt.Sprintf("docker service update --secret-rm %s --secret-add %s %s",
				shell(s.Name), shell("source="+next+",target="+s.Name), path(a.Project.Name+"_"+service)))
		}
		a.commands(lines...)
	}
	s := external[0]
	a.paragraph("To add a secret to a service, take one away, and remove one that no service uses:")
	service := a.Project.Name + "_" + first(append(s.Services, a.Project.Names()...))
	a.commands(
		fmt.Sprintf("docker service update --secret-add %s %s", shell(s.Name), path(service)),
		fmt.Sprintf("docker service update --secret-rm %s %s", shell(s.Name), path(service)),
		"docker secret rm "+path(s.Name),
	)
}

// createSecret reads a file that may belong to the user of a service.
func createSecret(s Secret, name string) string {
	sudo := ""
	if s.UID != nil {
		sudo = "sudo "
	}
	return fmt.Sprintf("%sdocker secret create %s %s", sudo, path(name), path(s.Path))
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
