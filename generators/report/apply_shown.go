package report

import (
	"regexp"
	"slices"
	"strings"

	"batten/plan"
)

// shown checks that what was moved stands in nothing that the engine shows. Only
// places that were changed are looked at, variables by their names: a value may well
// be a word that stands elsewhere for a reason, such as the name of a user.
func (a *apply) shown(containers func(service string) string) {
	variables, starts := a.places()
	if len(variables)+len(starts) == 0 {
		return
	}
	var lines []string
	for _, service := range a.servicesWith(variables) {
		line := "docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' $(" + containers(service) + ") | grep"
		for _, name := range variables[service] {
			line += " -e " + shell("^"+regexp.QuoteMeta(name)+"=")
		}
		lines = append(lines, line+" | grep -vc /run/secrets/")
	}
	if len(lines) > 0 {
		a.paragraph("No variable that was moved into a file still has a value in what the engine shows of a container. Each line has to print 0:")
		a.commands(lines...)
	}
	lines = nil
	for _, service := range a.servicesWith(starts) {
		for _, s := range a.mounted() {
			if slices.Contains(starts[service], s.Path) {
				lines = append(lines, "docker inspect --format '{{.Path}} {{.Args}} {{with .Config.Healthcheck}}{{.Test}}{{end}}' $("+containers(service)+") | "+sudoFor(s)+"grep -cwFf "+path(s.Path))
			}
		}
	}
	if len(lines) > 0 {
		a.paragraph("No value that was moved out of a command stands in what is started, or in its health check. Each line has to print 0, unless the value is also a word that the command has for another reason:")
		a.commands(lines...)
	}
}

// places are, by service, the variables that were moved into files of values, and
// the files of what was moved out of commands and health checks.
func (a *apply) places() (variables, starts map[string][]string) {
	variables, starts = map[string][]string{}, map[string][]string{}
	for _, d := range a.Plan.Applied() {
		f := d.Finding
		if f.Fix == nil || f.Service == "" {
			continue
		}
		start := strings.HasPrefix(f.Key, "command") || strings.HasPrefix(f.Key, "entrypoint") || strings.HasPrefix(f.Key, "healthcheck")
		for _, file := range ownFiles(f) {
			switch {
			case a.variables(Secret{Path: file.Path}):
			case inEnvironment(f) && !start:
				variables[f.Service] = union(variables[f.Service], []string{variableOf(f)})
			case start:
				starts[f.Service] = union(starts[f.Service], []string{file.Path})
			}
		}
	}
	return variables, starts
}

// servicesWith are the services that a map has something of, in the plan's order.
func (a *apply) servicesWith(of map[string][]string) []string {
	var out []string
	for _, d := range a.Plan.Decisions {
		if s := d.Finding.Service; len(of[s]) > 0 {
			out = union(out, []string{s})
		}
	}
	return out
}

// containersOf is a command that prints the containers of a service, or of all.
func (a *apply) containersOf(service string) string {
	label, of, name := "com.docker.compose.project=", "com.docker.compose.service=", service
	if a.Plan.Target == plan.TargetSwarm {
		label, of, name = "com.docker.stack.namespace=", "com.docker.swarm.service.name=", a.inStack(service)
	}
	list := "docker ps -q --filter " + shell("label="+label+a.Project.Name)
	if service != "" {
		list += " --filter " + shell("label="+of+name)
	}
	return list
}
