package engine

import (
	"context"

	"batten/internal/compose"
	"batten/internal/docker"
	"batten/project"
)

// joinHost notes what is known of the engine and the machine. It is false when no
// engine answers: then nobody looked.
func (e *Engine) joinHost(ctx context.Context, p *project.Project) (bool, error) {
	engine, err := docker.Connect(ctx)
	if err != nil {
		return false, ctx.Err()
	}
	defer engine.Close()
	return true, joinHostOf(ctx, engine, p)
}

func joinHostOf(ctx context.Context, engine *docker.Engine, p *project.Project) error {
	facts, err := engine.HostFacts(ctx, p.Name)
	if err != nil {
		return err
	}
	p.Host = project.Host{
		Known: true, Engine: facts.Version, AppArmor: facts.AppArmor, SELinux: facts.SELinux, Swarm: facts.Swarm,
		UserRemap: facts.UserRemap, NoNewPrivs: facts.NoNewPrivs, LogLimited: facts.LogLimited,
		Subnets: facts.Subnets, FreeNetworks: facts.FreeNetworks,
	}
	if tool, err := compose.Find(ctx); err == nil {
		p.Host.Compose, p.Host.ComposeV1 = tool.Version, tool.Classic
	}
	return ctx.Err()
}

// joinEngine notes what one engine knows of images and host; false when none
// answers.
func (e *Engine) joinEngine(ctx context.Context, p *project.Project) (bool, error) {
	engine, err := docker.Connect(ctx)
	if err != nil {
		return false, ctx.Err()
	}
	defer engine.Close()
	if err := joinHostOf(ctx, engine, p); err != nil {
		return true, err
	}
	if err := joinContainersOf(ctx, engine, p); err != nil {
		return true, err
	}
	return true, e.joinImagesOf(ctx, engine, p, true)
}
