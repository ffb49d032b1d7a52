package rules

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"batten/plan"
	"batten/project"
)

// portItem is one published port of a service as it is written; the same port
// written in several files, or for IPv4 and IPv6, is one.
type portItem struct {
	key    string // "8080:80/tcp", or "80/tcp" where the engine picks the host's port
	places []portPlace
}

// portPlace is one way in which a port is written.
type portPlace struct {
	at                                project.Written
	host, published, target, protocol string
	named                             bool // the protocol is written, even if it is the usual one
	// unclear is the part of which a variable may hold more than one number, "" when
	// all are clear.
	unclear string
	lost    []string // keys of the long form that the short form cannot hold
}

// portItems are the published ports of a service, in the order of the files.
func portItems(p *project.Project, s project.Service) []portItem {
	var out []portItem
	for _, w := range effectiveItems(p, "services", s.Name, "ports") {
		place, ok := parsePort(p, w)
		if !ok {
			continue
		}
		key := place.key()
		i := slices.IndexFunc(out, func(o portItem) bool { return o.key == key })
		if i < 0 {
			out = append(out, portItem{key: key})
			i = len(out) - 1
		}
		out[i].places = append(out[i].places, place)
	}
	return out
}

// effectiveItems are the items of a list, those that a later file replaces left out.
func effectiveItems(p *project.Project, path ...string) []project.Written {
	first := 0
	for _, w := range p.LookupAll(path...) {
		if w.Node.Tag == "!override" || w.Node.Tag == "!reset" {
			first = w.File
		}
	}
	return slices.DeleteFunc(p.Items(path...), func(w project.Written) bool { return w.File < first })
}

func (p portPlace) key() string {
	key := p.target + "/" + p.protocol
	if p.published != "" {
		key = p.published + ":" + key
	}
	return key
}

func parsePort(p *project.Project, w project.Written) (portPlace, bool) {
	out := portPlace{at: w, protocol: "tcp"}
	switch w.Node.Kind {
	case yaml.ScalarNode:
		out.short(w.Text)
	case yaml.MappingNode:
		out.long(w.Node)
	}
	for _, part := range []string{out.published, out.target} {
		if part != "" && !clearNumber(p, part) {
			out.unclear = part
		}
	}
	return out, out.target != ""
}

// short reads [HOST:][PUBLISHED:]TARGET[/PROTOCOL].
func (p *portPlace) short(text string) {
	parts := splitOutside(text, ':')
	last := splitOutside(parts[len(parts)-1], '/')
	p.target = last[0]
	if len(last) > 1 {
		p.protocol, p.named = strings.Join(last[1:], "/"), true
	}
	if len(parts) > 1 {
		p.published = parts[len(parts)-2]
	}
	if len(parts) > 2 {
		p.host = strings.Trim(strings.Join(parts[:len(parts)-2], ":"), "[]")
	}
}

func (p *portPlace) long(n *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		value := n.Content[i+1]
		if value.Kind == yaml.AliasNode && value.Alias != nil {
			value = value.Alias
		}
		switch key := n.Content[i].Value; key {
		case "target":
			p.target = value.Value
		case "published":
			p.published = value.Value
		case "protocol":
			p.protocol, p.named = value.Value, true
		case "host_ip":
			p.host = value.Value
		case "mode":
			if value.Value != "ingress" {
				p.lost = append(p.lost, key)
			}
		default:
			p.lost = append(p.lost, key)
		}
	}
}

// text writes the port in short form with another address.
func (p portPlace) text(host string) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	text := host + ":" + p.published + ":" + p.target
	if p.named || p.protocol != "tcp" {
		text += "/" + p.protocol
	}
	return text
}

// everywhere tells whether the port is published on all addresses of the machine.
// Of an address in a variable the loaded model tells.
func (p portPlace) everywhere(s project.Service) bool {
	if strings.Contains(p.host, "$") {
		return slices.ContainsFunc(s.Config.Ports, func(c project.PortConfig) bool {
			return allAddresses[c.HostIP] && inRange(p.target, int(c.Target))
		})
	}
	return allAddresses[p.host]
}

var allAddresses = map[string]bool{"": true, "0.0.0.0": true, "::": true, "[::]": true}

// inRange tells whether a port is in "80" or "8000-8010"; what is no number may be
// any.
func inRange(text string, port int) bool {
	first, last, ok := portRange(text)
	return !ok || port >= first && port <= last
}

func portRange(text string) (first, last int, ok bool) {
	from, to, isRange := strings.Cut(text, "-")
	first, err := strconv.Atoi(from)
	if err != nil {
		return 0, 0, false
	}
	if !isRange {
		return first, first, true
	}
	last, err = strconv.Atoi(to)
	return first, last, err == nil
}

// unwrittenPorts are ports of the loaded model that no item of the main and included
// files stands for: a file that is extended has them.
func unwrittenPorts(s project.Service, items []portItem) []project.PortConfig {
	var out []project.PortConfig
	for _, c := range s.Config.Ports {
		if !slices.ContainsFunc(items, func(i portItem) bool {
			return slices.ContainsFunc(i.places, func(p portPlace) bool { return p.unclear != "" || inRange(p.target, int(c.Target)) })
		}) {
			out = append(out, c)
		}
	}
	return out
}

// positions are where a port is written.
func (i portItem) positions(p *project.Project) []plan.Position {
	var out []plan.Position
	for _, place := range i.places {
		out = append(out, plan.PositionOf(p, place.at))
	}
	return out
}

// drop takes the port away, however often it is written.
func (i portItem) drop() []plan.Change {
	var out []plan.Change
	for _, place := range i.places {
		out = append(out, plan.DropAt(place.at))
	}
	return out
}
