package rules

import (
	"path"
	"slices"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// servers tells by program which repository's probes fit.
var servers = map[string]string{
	"postgres": "docker.io/library/postgres", "redis-server": "docker.io/library/redis", "valkey-server": "docker.io/valkey/valkey",
	"mysqld": "docker.io/library/mysql", "mariadbd": "docker.io/library/mysql", "mongod": "docker.io/library/mongo",
	"rabbitmq-server": "docker.io/library/rabbitmq",
}

// imageProbe is the probe that is known for a service's image, or for the server
// program that it runs.
func imageProbe(d *plan.Draft, s project.Service, files *project.ImageFiles) (probe, bool) {
	repository, _, _ := profiles.SplitImage(s.Image)
	programs := serverPrograms(d, s)
	known, ports := profiles.HealthCheckFor(repository), []int(nil)
	facts, _ := profiles.ImageFactsFor(s.Image)
	if s.Build {
		known = nil // the name is the user's own
	}
	if ports = facts.Ports; len(known) == 0 {
		for _, program := range programs {
			if server := servers[path.Base(program)]; server != "" {
				known = profiles.HealthCheckFor(server)
				facts, _ = profiles.ImageFactsFor(server)
				ports, facts.Tested = facts.Ports, false
				break
			}
		}
	}
	for _, h := range known {
		command := slices.Clone(h.Command)
		p := probe{program: h.Program(), evidence: []plan.Evidence{{From: plan.FromFacts, Text: h.Program() + " tells whether this server answers"}}}
		if files != nil {
			where, ok := besideOrInPath(files, programs, h.Program())
			if !ok {
				continue
			}
			command[0], p.program = where, where
			p.evidence = append(p.evidence, plan.Evidence{From: plan.FromImage, Text: "has " + where})
		} else {
			p.doubt = untestedImage(facts)
		}
		if h.Assumes != "" && !assumed(d, s, h, ports) {
			p.doubt = "it assumes what was not seen: " + h.Assumes
		}
		p.test = asUser(d, s, h, command, files)
		return p, true
	}
	return probe{}, false
}

func untestedImage(facts profiles.ImageFacts) string {
	if facts.Tested {
		return ""
	}
	return "it is not known whether this version of the image has the program"
}

// assumed tells whether what a probe assumes of a service was seen, or is what the
// image does without settings.
func assumed(d *plan.Draft, s project.Service, h profiles.HealthProbe, ports []int) bool {
	own := slices.Concat(s.Config.Entrypoint, s.Config.Command)
	if h.Argument != "" {
		return slices.ContainsFunc(own, func(word string) bool { return word == h.Argument || strings.HasPrefix(word, h.Argument+"=true") })
	}
	if d.Profile(s.Name) == nil {
		return len(own) == 0 && !s.Build && s.Facts != nil
	}
	return listensOnOne(d.Profile(s.Name), ports)
}

// besideOrInPath finds a program by its name, in the usual folders (the name stays)
// or beside a server program, as PostgreSQL has its tools (the path is needed).
func besideOrInPath(files *project.ImageFiles, programs []string, name string) (string, bool) {
	if _, ok := files.Program(name); ok {
		return name, true
	}
	for _, p := range programs {
		if strings.HasPrefix(p, "/") {
			if _, ok := files.Program(path.Join(path.Dir(p), name)); ok {
				return path.Join(path.Dir(p), name), true
			}
		}
	}
	return "", false
}
