package report

import (
	"batten/plan"
)

// settings is a template that shows what the engine made of the hardening. It leaves
// security options out: the engine has whole seccomp profiles in them.
const settings = `'{{.Name}} user={{.Config.User}} read-only={{.HostConfig.ReadonlyRootfs}} drop={{.HostConfig.CapDrop}} add={{.HostConfig.CapAdd}} memory={{.HostConfig.Memory}} pids={{.HostConfig.PidsLimit}} apparmor={{.AppArmorProfile}}'`

func (a *apply) check() {
	a.printf("## Check\n\n")
	if a.Plan.Target == plan.TargetSwarm {
		a.paragraph("All replicas have to be up, with no task that failed:")
		a.commands("docker stack services "+path(a.Project.Name), "docker stack ps --no-trunc "+path(a.Project.Name))
	} else {
		a.paragraph("All services have to be up, and healthy where they have a health check:")
		p := a.programs()[0]
		begin := a.compose(p.command, a.Hardened, p.limits)
		a.commands(begin+" ps", begin+" logs --tail=50")
	}
	a.paragraph("What the engine made of it:")
	a.commands("docker inspect --format " + settings + " $(" + a.containersOf("") + ")")
	a.shown(a.containersOf)
	if a.Workload != "" {
		a.paragraph("That it still does its work:")
		a.commands("sh -c " + shell(a.Workload))
	}
	a.paragraph("Later, and before each merge: that the files are still what batten would write.")
	a.commands("batten check")
}

// trust has the commands of content trust, for images that are pulled.
func (a *apply) trust() {
	all := images(a.Project)
	if len(all) == 0 {
		return
	}
	a.printf("## Signatures of images\n\n")
	a.paragraph("A digest says which image it is; a signature says whose. Compose programs do not look at signatures. See who signed, and pull only what is signed; Docker is giving this up for its official images, where the digest is what is left:")
	loop := "for image in" + arguments(all) + "; do "
	a.commands(loop+`docker trust inspect --pretty "$image"; done`, loop+`DOCKER_CONTENT_TRUST=1 docker pull "$image"; done`)
}
