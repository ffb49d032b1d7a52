package network

import (
	"strconv"
	"strings"

	"batten/plan"
	"batten/project"
)

// discoverer is a proxy that finds its backends by asking the engine for their
// labels or variables: no text of its own names them.
type discoverer struct {
	label    string // prefix of the labels
	variable string // or the variable
	off      string // label that excludes a service with the value false
	port     string // end of the label, or the variable, that tells the port
}

var (
	byTraefik  = discoverer{label: "traefik.", off: "traefik.enable", port: ".loadbalancer.server.port"}
	byCaddy    = discoverer{label: "caddy"}
	byVariable = discoverer{variable: "VIRTUAL_HOST", port: "VIRTUAL_PORT"}
)

var discoverers = map[string]discoverer{
	"docker.io/library/traefik":                 byTraefik,
	"ghcr.io/traefik/traefik":                   byTraefik,
	"docker.io/lucaslorentz/caddy-docker-proxy": byCaddy,
	"docker.io/nginxproxy/nginx-proxy":          byVariable,
	"docker.io/jwilder/nginx-proxy":             byVariable,
}

// discovered are the edges from such proxies to what they find, and to what the
// labels that they read name.
func (in *inference) discovered() {
	for _, proxy := range in.facts.Project.Services {
		d, ok := discoverers[Repository(proxy.Image)]
		if !ok {
			continue
		}
		for _, s := range in.facts.Project.Services {
			if at, where, ok := d.finds(s); ok {
				in.add(proxy.Name, s.Name, at, plan.FromCompose, where+" of "+s.Name)
			}
			for key, value := range s.Config.Labels {
				if d.label != "" && strings.HasPrefix(key, d.label) {
					in.text(proxy, value, settingText, plan.FromCompose, "label "+key+" of "+s.Name)
				}
			}
		}
	}
}

func (d discoverer) finds(s project.Service) (at endpoint, where string, ok bool) {
	if d.variable != "" {
		if _, ok = s.Config.Environment[d.variable]; ok {
			if value := s.Config.Environment[d.port]; value != nil {
				at = portEndpoint(*value)
			}
		}
		return at, "environment " + d.variable, ok
	}
	if s.Config.Labels[d.off] == "false" {
		return at, "", false
	}
	for key, value := range s.Config.Labels {
		if strings.HasPrefix(key, d.label) {
			ok = true
			// Of several ports, the lowest: the order of a map says nothing.
			if found := portEndpoint(value); d.port != "" && strings.HasSuffix(key, d.port) && (at.port == 0 || found.port < at.port) {
				at = found
			}
		}
	}
	return at, "labels " + strings.TrimSuffix(d.label, ".") + "…", ok
}

func portEndpoint(text string) endpoint {
	if port, err := strconv.Atoi(text); err == nil && port > 0 && port < 65536 {
		return endpoint{port, "tcp"}
	}
	return endpoint{}
}
