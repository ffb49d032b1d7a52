package report

import (
	"fmt"
	"slices"
	"strings"

	"batten/plan"
)

// inStack is what a swarm calls a service or a secret of the stack.
func (a *apply) inStack(name string) string { return a.Project.Name + "_" + name }

// stackFiles are the compose files as arguments of docker stack.
func (a *apply) stackFiles() string {
	var b strings.Builder
	for _, f := range a.Hardened {
		b.WriteString(" -c " + path(f))
	}
	return b.String()
}

// deploy is the command that starts the stack; it reads the files of secrets.
func (a *apply) deploy() string {
	sudo := ""
	if slices.ContainsFunc(a.mounted(), func(s Secret) bool { return s.UID != nil }) {
		sudo = "sudo "
	}
	return sudo + "docker stack deploy" + a.stackFiles() + " " + path(a.Project.Name)
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
		compose := a.compose("docker-compose", a.Sources, "")
		a.commands(compose+" build", compose+" push")
	}
	if len(a.Secrets) > 0 {
		a.paragraph("The command reads the files of secrets each time: they have to be here whenever the stack is deployed.")
	}
	a.paragraph("See that the file is understood, then deploy:")
	a.commands("docker stack config"+a.stackFiles()+" > /dev/null", a.deploy())
	secrets := a.mounted()
	if len(secrets) == 0 {
		return
	}
	a.paragraph("That made a secret of the swarm from each file, with the name of the stack before its own. The swarm keeps them encrypted and shows their values to nobody; a container sees them in `/run/secrets`, in memory. To list them, and to see what is known of each:")
	lines := []string{"docker secret ls --filter " + shell("label=com.docker.stack.namespace="+a.Project.Name)}
	for _, s := range secrets {
		lines = append(lines, "docker secret inspect --pretty "+path(a.inStack(s.Name)))
	}
	a.commands(lines...)
}

// rotate has the commands for secrets of running services of a swarm.
func (a *apply) rotate() {
	secrets := a.mounted()
	if a.Plan.Target != plan.TargetSwarm || len(secrets) == 0 {
		return
	}
	a.printf("## Changing a secret\n\n")
	a.paragraph("A secret of a swarm cannot be changed: while it is there, a deployment with another value in its file fails. A second one takes its place until the next deployment. Change the password at the service that checks it first, and write the new value to the file. Then create the second secret, take the old one from each service and add the second under the name that the service knows, and remove the old one:")
	for _, s := range secrets {
		old, next := a.inStack(s.Name), a.inStack(s.Name)+".next"
		lines := []string{fmt.Sprintf("%sdocker secret create %s %s", sudoFor(s), path(next), path(s.Path))}
		for _, service := range s.Services {
			lines = append(lines, fmt.Sprintf("docker service update --secret-rm %s --secret-add %s %s", shell(old), shell(asSecret(s, next)), path(a.inStack(service))))
		}
		a.commands(append(lines, "docker secret rm "+path(old))...)
	}
	a.paragraph("The next deployment makes the secret of the stack anew, from the file; the second one can go then:")
	lines := []string{a.deploy()}
	for _, s := range secrets {
		lines = append(lines, "docker secret rm "+path(a.inStack(s.Name)+".next"))
	}
	a.commands(lines...)
	a.external(secrets[0])
}

// asSecret is how a service gets a secret in the place of s.
func asSecret(s Secret, source string) string {
	text := "source=" + source + ",target=" + s.Name
	if s.UID != nil {
		text += fmt.Sprintf(",uid=%d,gid=0,mode=%04o", *s.UID, s.Mode)
	}
	return text
}

// external shows how the files can leave the machine.
func (a *apply) external(s Secret) {
	a.paragraph("To deploy without the files, create secrets that belong to no stack, and name all of them in a further compose file, `external.yml`, behind the hardened one; here it is for %s. A new value then gets a new name in both:", code(s.Name))
	a.commands(
		fmt.Sprintf("%sdocker secret create %s %s", sudoFor(s), path(s.Name+".1"), path(s.Path)),
		fmt.Sprintf(`printf 'version: "3.8"\nsecrets:\n  "%%s":\n    external: true\n    name: "%%s"\n' %s %s > external.yml`, shell(s.Name), shell(s.Name+".1")),
		"docker stack deploy"+a.stackFiles()+" -c external.yml "+path(a.Project.Name),
	)
}
