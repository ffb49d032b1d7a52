package network

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"batten/project"
)

// names leads from everything that a service can be reached by to the service. A
// name that several services answer to leads to all of them.
type names struct {
	index map[string][]string // lower case → services, sorted
}

func newNames(p *project.Project) names {
	n := names{map[string][]string{}}
	for _, s := range p.Services {
		for _, name := range namesOf(p, s) {
			key := strings.ToLower(name)
			if key != "" && !slices.Contains(n.index[key], s.Name) {
				n.index[key] = append(n.index[key], s.Name)
			}
		}
	}
	return n
}

// namesOf are the names and fixed addresses of a service: its own, its container's,
// its aliases, and each followed by a network as the engine's name server knows it.
func namesOf(p *project.Project, s project.Service) []string {
	short := []string{s.Name, s.Config.ContainerName, s.Config.Hostname}
	var addresses []string
	var domains []string
	for _, network := range slices.Sorted(maps.Keys(s.Config.Networks)) {
		domains = append(domains, networkName(p, network))
		if own := s.Config.Networks[network]; own != nil {
			short = append(short, own.Aliases...)
			addresses = append(addresses, own.Ipv4Address, own.Ipv6Address)
		}
	}
	if s.Config.ContainerName == "" {
		for i := range min(s.Config.GetScale(), maxCopies) {
			number := strconv.Itoa(i + 1)
			short = append(short, p.Name+"-"+s.Name+"-"+number, p.Name+"_"+s.Name+"_"+number)
		}
	}
	out := append(short, addresses...)
	for _, domain := range domains {
		for _, name := range short {
			if name != "" && domain != "" {
				out = append(out, name+"."+domain)
			}
		}
	}
	return append(out, "tasks."+s.Name)
}

// maxCopies bounds how many containers of one service are known by name.
const maxCopies = 8

// networkName is what the engine calls a network of the project.
func networkName(p *project.Project, key string) string {
	if n, ok := p.Model.Networks[key]; ok && n.Name != "" {
		return n.Name
	}
	return p.Name + "_" + key
}

// find returns the services that answer to a name.
func (n names) find(name string) []string { return n.index[strings.ToLower(name)] }
