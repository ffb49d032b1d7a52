package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"batten/internal/docker"
	"batten/project"
)

// A service does other things when it starts on what an earlier run left: root meets
// a data folder that belongs to somebody else by then. So what batten started for a
// trace is stopped and started again after the workload, and driven once more.

// cycler is a subject whose services can be stopped and started again.
type cycler interface {
	// cycle does it; false when there is nothing that batten may stop.
	cycle(ctx context.Context) (bool, error)
}

// cycleGrace is how long a service may take to stop.
const cycleGrace = 10 * time.Second

// cycle implements [cycler] for the services that batten started: the ones that
// depend on others stop first and start last.
func (c *composeSubject) cycle(ctx context.Context) (bool, error) {
	began := slices.Concat(c.fresh, c.renew)
	order := byDependency(c.project, began)
	running := map[string][]docker.Container{}
	for _, one := range c.watch.containers() {
		now, err := c.docker.Inspect(ctx, one.ID)
		if err == nil && now.State == "running" && slices.Contains(began, one.Service) {
			running[one.Service] = append(running[one.Service], one)
		}
	}
	if len(running) == 0 {
		return false, nil
	}
	for _, service := range slices.Backward(order) {
		for _, one := range running[service] {
			if err := c.docker.Stop(ctx, one.ID, cycleGrace); err != nil {
				return true, fmt.Errorf("stop %s: %w", service, err)
			}
		}
	}
	for _, service := range order {
		for _, one := range running[service] {
			if err := c.docker.Start(ctx, one.ID); err != nil {
				return true, fmt.Errorf("start %s again: %w", service, err)
			}
		}
	}
	return true, nil
}

// byDependency orders services so that each comes after those that it depends on.
// What a circle leaves comes last, by name.
func byDependency(p *project.Project, names []string) []string {
	var out []string
	left := slices.Sorted(slices.Values(names))
	for len(left) > 0 {
		ready := slices.DeleteFunc(slices.Clone(left), func(name string) bool {
			s, _ := p.Service(name)
			return slices.ContainsFunc(s.DependsOn, func(d string) bool { return slices.Contains(left, d) })
		})
		if len(ready) == 0 {
			return append(out, left...)
		}
		out = append(out, ready...)
		left = slices.DeleteFunc(left, func(name string) bool { return slices.Contains(ready, name) })
	}
	return out
}
