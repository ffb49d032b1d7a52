package network

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"batten/plan"
	"batten/project"
)

// FromConfig is where the evidence of a mounted configuration file comes from.
const FromConfig = "configuration file"

// ConfigText is a configuration file that a service mounts.
type ConfigText struct {
	Path string // as people know it: relative to the project's folder
	Text string
}

// Infer finds out who talks to whom, from recordings, dependencies, links,
// environments, labels, commands, health checks and configuration files. The files
// are by service, and may be nil. Edges are sorted and distinct by end, port and
// protocol; each carries all its evidence. An edge from [Internet] is a published
// port, one to [Internet] was recorded.
func Infer(f plan.Facts, configs map[string][]ConfigText) []plan.Edge {
	in := &inference{facts: f, names: newNames(f.Project), known: map[string]project.Service{}}
	for _, s := range f.Project.Services {
		in.known[s.Name] = s
	}
	for _, s := range f.Project.Services {
		in.declared(s)
		in.settings(s)
		in.commands(s)
		in.files(s, configs[s.Name])
		in.outside(s)
		in.recorded(s)
	}
	in.discovered()
	return unite(in.found, func(service string) []endpoint {
		s, ok := in.known[service]
		if !ok {
			return nil
		}
		return offered(f, s)
	})
}

type inference struct {
	facts plan.Facts
	names names
	known map[string]project.Service
	found []sighting
}

func (in *inference) add(from, to string, at endpoint, source, text string) {
	if from == to {
		return
	}
	in.found = append(in.found, sighting{from: from, to: to, at: at, evidence: plan.Evidence{From: source, Text: oneLine(text)}})
}

// oneLine keeps names that others chose from breaking a line; showing them safely is
// left to the one who shows them.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, text)
}

// declared are dependencies and links.
func (in *inference) declared(s project.Service) {
	for _, name := range slices.Sorted(maps.Keys(s.Config.DependsOn)) {
		// What has to end before the service starts is not talked to.
		if _, ok := in.known[name]; ok && s.Config.DependsOn[name].Condition != "service_completed_successfully" {
			in.add(s.Name, name, endpoint{}, plan.FromCompose, "depends_on")
		}
	}
	for _, link := range s.Config.Links {
		name, _, _ := strings.Cut(link, ":")
		if _, ok := in.known[name]; ok {
			in.add(s.Name, name, endpoint{}, plan.FromCompose, "links")
		}
	}
	for _, link := range s.Config.ExternalLinks {
		container, _, _ := strings.Cut(link, ":")
		for _, to := range in.names.find(container) {
			in.add(s.Name, to, endpoint{}, plan.FromCompose, "external_links")
		}
	}
}

// settings are environments and labels.
func (in *inference) settings(s project.Service) {
	for _, key := range slices.Sorted(maps.Keys(s.Config.Environment)) {
		value := s.Config.Environment[key]
		if value == nil || *value == "" || strings.Contains(strings.ToLower(key), "image") {
			continue
		}
		where := "environment " + key
		if word, _ := lastWord(key); secretWords[word] {
			if strings.Contains(*value, "://") {
				in.text(s, *value, settingText, plan.FromCompose, where)
			}
			continue
		}
		if !in.bare(s, key, *value, where) {
			in.text(s, *value, settingText, plan.FromCompose, where)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.Config.Labels)) {
		value := s.Config.Labels[key]
		if !isAddressKey(key) || !in.bare(s, key, value, "label "+key) {
			in.text(s, value, settingText, plan.FromCompose, "label "+key)
		}
	}
}

// bare takes a value that is nothing but names, separated by commas.
func (in *inference) bare(s project.Service, key, value, where string) bool {
	if isNameKey(key) {
		return false
	}
	items := strings.Split(value, ",")
	for i, item := range items {
		items[i] = strings.TrimSpace(item)
		if items[i] == "" || strings.ContainsFunc(items[i], func(r rune) bool { return r > 0x7f || !hostByte(byte(r)) }) {
			return false
		}
	}
	port := in.sibling(s, key)
	found := false
	for _, item := range items {
		for _, to := range in.names.find(item) {
			in.add(s.Name, to, port, plan.FromCompose, where)
			found = true
		}
	}
	return found
}

// sibling is the port that the variable beside tells: DB_PORT beside DB_HOST.
func (in *inference) sibling(s project.Service, key string) endpoint {
	for _, end := range []string{"HOST", "HOSTNAME", "SERVER", "ADDR", "ADDRESS"} {
		stem, ok := strings.CutSuffix(key, end)
		if !ok {
			continue
		}
		if value := s.Config.Environment[stem+"PORT"]; value != nil {
			if port, err := strconv.Atoi(*value); err == nil && port > 0 && port < 65536 {
				return endpoint{port, "tcp"}
			}
		}
	}
	return endpoint{}
}

// commands are the entry point, the command and the health check.
func (in *inference) commands(s project.Service) {
	in.text(s, strings.Join(s.Config.Entrypoint, " "), commandText, plan.FromCompose, "entrypoint")
	in.text(s, strings.Join(s.Config.Command, " "), commandText, plan.FromCompose, "command")
	if h := s.Config.HealthCheck; h != nil && !h.Disable {
		in.text(s, strings.Join(h.Test, " "), commandText, plan.FromCompose, "healthcheck")
	}
}

// files are configuration files, mounted or written into the compose file.
func (in *inference) files(s project.Service, texts []ConfigText) {
	for _, one := range texts {
		in.text(s, one.Text, configText, FromConfig, one.Path)
	}
	for _, use := range s.Config.Configs {
		if c, ok := in.facts.Project.Model.Configs[use.Source]; ok && c.Content != "" {
			in.text(s, c.Content, configText, plan.FromCompose, "config "+use.Source)
		}
	}
}

func (in *inference) text(s project.Service, text string, kind textKind, source, where string) {
	if text == "" {
		return
	}
	if kind != configText || source == plan.FromCompose {
		if hostNamed(text) {
			in.add(s.Name, Host, endpoint{}, source, where)
		}
	}
	for _, r := range in.names.references(text, kind) {
		at := endpoint{}
		if r.port > 0 {
			at = endpoint{r.port, "tcp"}
			if r.scheme == "udp" {
				at.protocol = "udp"
			}
		}
		for _, to := range r.services {
			in.add(s.Name, to, at, source, where)
		}
	}
}

// hostAliases are the names that engines give the machine.
var hostAliases = []string{"host.docker.internal", "gateway.docker.internal", "host.containers.internal"}

func hostNamed(text string) bool {
	return slices.ContainsFunc(hostAliases, func(name string) bool { return strings.Contains(text, name) })
}

// outside are published ports, and names that stand for the machine.
func (in *inference) outside(s project.Service) {
	for _, p := range s.Config.Ports {
		in.add(Internet, s.Name, endpoint{int(p.Target), protocolOr(p.Protocol)}, plan.FromCompose, "ports")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Config.ExtraHosts)) {
		if slices.Contains(s.Config.ExtraHosts[name], "host-gateway") {
			in.add(s.Name, Host, endpoint{}, plan.FromCompose, "extra_hosts "+name)
		}
	}
}
