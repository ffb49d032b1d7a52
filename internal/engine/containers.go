package engine

import (
	"context"
	"errors"

	"batten/internal/docker"
	"batten/project"
)

// joinContainersOf notes the containers that a project's services have.
func joinContainersOf(ctx context.Context, engine *docker.Engine, p *project.Project) error {
	listed, err := engine.ListProject(ctx, p.Name, true)
	if err != nil {
		return err
	}
	at := map[string]int{}
	for i, s := range p.Services {
		at[s.Name] = i
	}
	for _, l := range listed {
		i, known := at[l.Service]
		if !known || l.OneOff {
			continue
		}
		found, err := engine.Inspect(ctx, l.ID)
		if errors.Is(err, docker.ErrNoContainer) {
			continue // gone since it was listed
		}
		if err != nil {
			return err
		}
		p.Services[i].Containers = append(p.Services[i].Containers, containerOf(found))
	}
	return nil
}

func containerOf(c docker.Container) project.Container {
	out := project.Container{
		ID: c.ID, Name: c.Name, State: c.State, Health: c.Health, ImageID: c.ImageID, User: c.User, Privileged: c.Privileged,
		ReadOnly: c.ReadOnly, NoNewPrivileges: c.NoNewPrivileges, CapAdd: c.CapAdd, CapDrop: c.CapDrop,
	}
	for _, n := range c.Networks {
		out.Networks = append(out.Networks, n.Name)
	}
	return out
}
