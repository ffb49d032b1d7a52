package report

import (
	"maps"
	"slices"
	"strings"

	"batten/plan"
)

// settings is a template that shows what the engine made of the hardening. It leaves
// security options out: the engine has whole seccomp profiles in them.
const settings = `'{{.Name}} user={{.Config.User}} read-only={{.HostConfig.ReadonlyRootfs}} drop={{.HostConfig.CapDrop}} add={{.HostConfig.CapAdd}} memory={{.HostConfig.Memory}} pids={{.HostConfig.PidsLimit}} apparmor={{.AppArmorProfile}}'`

func (a *apply) check() {
	a.printf("## Check\n\n")
	var list string
	if a.Plan.Target == plan.TargetSwarm {
		a.paragraph("All replicas have to be up, with no task that failed:")
		a.commands("docker stack services "+path(a.Project.Name), "docker stack ps --no-trunc "+path(a.Project.Name))
		list = "docker ps -q --filter " + shell("label=com.docker.stack.namespace="+a.Project.Name)
	} else {
		a.paragraph("All services have to be up, and healthy where they have a health check:")
		a.commands(a.v1()+" ps", a.v1()+" logs --tail=50")
		list = "docker ps -q --filter " + shell("label=com.docker.compose.project="+a.Project.Name)
	}
	a.paragraph("What the engine made of it:")
	a.commands("docker inspect --format " + settings + " $(" + list + ")")
	if len(a.Secrets) > 0 {
		a.paragraph("No secret stands in what the engine shows of a container. Each line has to print 0:")
		var lines []string
		for _, s := range a.Secrets {
			sudo := ""
			if s.UID != nil {
				sudo = "sudo "
			}
			lines = append(lines, "docker inspect $("+list+") | "+sudo+"grep -cFf "+path(s.Path))
		}
		a.commands(lines...)
	}
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
	a.paragraph("A digest in the file says which image; a signature says whose. Compose programs do not look at signatures, so that images are pulled beforehand; a pull of an image that is not signed fails. Docker is giving up this kind of signature for its own official images: where these are refused, the digest is what is left.")
	var lines []string
	for _, image := range all {
		lines = append(lines, "docker trust inspect --pretty "+path(image), "DOCKER_CONTENT_TRUST=1 docker pull "+path(image))
	}
	a.commands(lines...)
	a.paragraph("For images of your own, once a signer: make a key, let it sign for the repository, sign each release; take a signature back when it should not have been given. `NAME`, `REPOSITORY` and `TAG` are yours to fill in.")
	a.commands(
		"docker trust key generate NAME",
		"docker trust signer add --key NAME.pub NAME REPOSITORY",
		"docker trust sign REPOSITORY:TAG",
		"docker trust revoke REPOSITORY:TAG",
	)
}

func (a *apply) undo() {
	a.printf("## Go back\n\n")
	if a.InPlace {
		a.paragraph("The sources were changed: take them back first. This throws away all that is not committed in them.")
		a.commands("git checkout --" + arguments(a.Sources))
	}
	if a.Plan.Target == plan.TargetSwarm {
		a.paragraph("Remove the stack, then its secrets; volumes stay.")
		lines := []string{"docker stack rm " + path(a.Project.Name)}
		for _, s := range a.external() {
			lines = append(lines, "docker secret rm "+path(s.Name))
		}
		a.commands(lines...)
	} else {
		a.paragraph("Start the project from its source again; containers that differ are made anew. Networks that only the hardened file has are then unused and can go.")
		prune := "docker network prune --filter " + shell("label=com.docker.compose.project="+a.Project.Name)
		a.paragraph("With docker-compose 1.29:")
		a.commands(a.compose("docker-compose", a.Sources, "")+" up -d --remove-orphans", prune)
		a.paragraph("With Compose v2 (`docker compose`):")
		a.commands(a.compose("docker compose", a.Sources, "")+" up -d --remove-orphans", prune)
	}
	if len(a.AppArmor) > 0 {
		a.paragraph("Take the AppArmor profiles out of the kernel, once no container uses them:")
		var lines []string
		for _, name := range slices.Sorted(maps.Keys(a.AppArmor)) {
			lines = append(lines, "sudo apparmor_parser -R "+path(a.AppArmor[name]), "sudo rm -f "+shell("/etc/apparmor.d/"+fileIn(name)))
		}
		a.commands(lines...)
	}
	if len(a.Written) > 0 {
		a.paragraph("Remove what batten wrote. Keep the files of secrets until their values are somewhere else:")
		a.commands("rm -f --" + arguments(slices.Sorted(slices.Values(a.Written))))
	}
}

// arguments are paths as further arguments.
func arguments(names []string) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString(" " + path(n))
	}
	return b.String()
}
