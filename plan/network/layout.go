package network

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"batten/project"
)

// Layout is how a project is connected, for drawing.
type Layout struct {
	Networks []LayoutNetwork `json:"networks"` // by name
	Services []LayoutService `json:"services"` // by name
}

// LayoutNetwork is one network with those who are on it.
type LayoutNetwork struct {
	Name     string   `json:"name"`
	Internal bool     `json:"internal,omitempty"` // leads nowhere
	External bool     `json:"external,omitempty"` // made elsewhere
	Apart    bool     `json:"apart,omitempty"`    // members cannot reach each other
	Members  []string `json:"members"`            // sorted
}

// LayoutService is one service with its networks and its ways out.
type LayoutService struct {
	Name     string   `json:"name"`
	Networks []string `json:"networks,omitempty"` // sorted
	// Mode is set for a service on no network of the project: "host", "none",
	// "service:NAME", "container:NAME".
	Mode      string   `json:"mode,omitempty"`
	Published []string `json:"published,omitempty"` // "127.0.0.1:8080:80/tcp"
	// Unpublished tells that its ports are published in vain: all its networks are
	// internal.
	Unpublished bool `json:"unpublished,omitempty"`
	Egress      bool `json:"egress,omitempty"` // can reach the outside
}

// LayoutOf draws a model, as it was loaded or as it is intended.
func LayoutOf(m *project.Model) Layout {
	members := map[string][]string{}
	l := Layout{Networks: []LayoutNetwork{}, Services: []LayoutService{}}
	for _, name := range slices.Sorted(maps.Keys(m.Services)) {
		cfg := m.Services[name]
		one := LayoutService{Name: name, Mode: cfg.NetworkMode}
		for _, p := range cfg.Ports {
			one.Published = append(one.Published, publication(p))
		}
		if one.Mode == "" || one.Mode == "bridge" || one.Mode == "default" {
			one.Mode = ""
			one.Networks = slices.Sorted(maps.Keys(cfg.Networks))
			if len(one.Networks) == 0 {
				one.Networks = []string{"default"}
			}
		}
		for _, n := range one.Networks {
			members[n] = append(members[n], name)
			one.Egress = one.Egress || !m.Networks[n].Internal
		}
		one.Egress = one.Egress || one.Mode == "host"
		one.Unpublished = len(one.Published) > 0 && !one.Egress
		l.Services = append(l.Services, one)
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		n := m.Networks[name]
		l.Networks = append(l.Networks, LayoutNetwork{Name: name, Internal: n.Internal, External: bool(n.External),
			Apart: n.DriverOpts[betweenContainers] == "false", Members: members[name]})
	}
	return l
}

func publication(p project.PortConfig) string {
	parts := []string{p.Published, strconv.FormatUint(uint64(p.Target), 10) + "/" + protocolOr(p.Protocol)}
	if p.HostIP != "" {
		host := p.HostIP
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		parts = slices.Insert(parts, 0, host)
	} else if p.Published == "" {
		parts = parts[1:]
	}
	return strings.Join(parts, ":")
}

// Before is how a project is connected as its files say.
func Before(p *project.Project) Layout { return LayoutOf(p.Model) }

// After is how it is connected once a segmentation is made.
func After(p *project.Project, s Segmentation) Layout {
	l := LayoutOf(p.Model)
	if !s.Needed {
		return l
	}
	open := map[string]bool{}
	members := map[string][]string{}
	for _, n := range l.Networks {
		open[n.Name] = !n.Internal
	}
	for _, n := range s.Networks {
		open[n.Name] = !n.Internal
	}
	for i := range l.Services {
		one := &l.Services[i]
		if attached, ok := s.Attached[one.Name]; ok {
			one.Mode, one.Networks = "", attached
		}
		for _, n := range one.Networks {
			members[n] = append(members[n], one.Name)
		}
		one.Egress = one.Mode == "host" || slices.ContainsFunc(one.Networks, func(n string) bool { return open[n] })
		if s.intent.Closed[one.Name] {
			one.Published = nil
		}
		one.Unpublished = len(one.Published) > 0 && !one.Egress
	}
	old := l.Networks
	l.Networks = []LayoutNetwork{}
	for _, n := range old {
		if n.Members = members[n.Name]; len(n.Members) > 0 {
			l.Networks = append(l.Networks, n)
		}
	}
	for _, n := range s.Networks {
		l.Networks = append(l.Networks, LayoutNetwork{Name: n.Name, Internal: n.Internal, Apart: n.Apart, Members: members[n.Name]})
	}
	slices.SortFunc(l.Networks, func(a, b LayoutNetwork) int { return cmp.Compare(a.Name, b.Name) })
	return l
}
