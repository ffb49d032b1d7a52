package project

import (
	"maps"
	"slices"
)

// maxPaths bounds the ways through the dependencies of services: compose-go walks
// all of them to find circles, and a few dozen services can have billions.
const maxPaths = 1_000_000

// checkDependencies refuses services that wait for each other in a circle.
func checkDependencies(dict map[string]any, dir string, sources []*Source) error {
	services, _ := dict["services"].(map[string]any)
	d := &dependencies{services: services, ways: map[string]int{}, on: map[string]bool{}}
	p := &Project{Dir: dir, Sources: sources}
	total := 0
	for _, name := range slices.Sorted(maps.Keys(services)) {
		ways, circle := d.walk(name)
		if circle != nil {
			return p.problemWith(ErrBadCompose, Path{"services", circle[0], "depends_on"}, "services wait for each other: "+trail(circle))
		}
		if total += ways; total > maxPaths {
			return p.problemWith(ErrBadCompose, Path{"services", name, "depends_on"}, "too many ways through the dependencies of services")
		}
	}
	return nil
}

type dependencies struct {
	services map[string]any
	ways     map[string]int // from a service on, itself included
	stack    []string
	on       map[string]bool // what is on the stack
}

func (d *dependencies) walk(name string) (ways int, circle []string) {
	if ways, ok := d.ways[name]; ok {
		return ways, nil
	}
	if d.on[name] {
		return 0, append(slices.Clone(d.stack[slices.Index(d.stack, name):]), name)
	}
	d.stack, d.on[name] = append(d.stack, name), true
	defer func() { d.stack, d.on[name] = d.stack[:len(d.stack)-1], false }()
	ways = 1
	service, _ := d.services[name].(map[string]any)
	needs, _ := service["depends_on"].(map[string]any)
	for _, other := range slices.Sorted(maps.Keys(needs)) {
		more, circle := d.walk(other)
		if circle != nil {
			return 0, circle
		}
		ways = min(ways+more, maxPaths+1)
	}
	d.ways[name] = ways
	return ways, nil
}
