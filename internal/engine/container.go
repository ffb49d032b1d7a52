package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"batten/internal/docker"
	"batten/internal/fault"
	"batten/profiles"
	"batten/trace"
)

// stopGrace is how long a container may take to stop.
const stopGrace = 10 * time.Second

// containerSubject is containers that exist already. They run on afterwards.
type containerSubject struct {
	engine  *Engine
	request TraceRequest
	refs    []string // names or ids

	docker  *docker.Engine
	facts   docker.Facts
	found   []docker.Container
	gone    chan struct{}
	waiters sync.WaitGroup
	cancel  context.CancelFunc
}

func (c *containerSubject) prepare(ctx context.Context) ([]trace.Target, error) {
	var err error
	if c.docker, err = connect(ctx); err != nil {
		return nil, err
	}
	if c.facts, err = c.docker.Facts(ctx); err != nil {
		return nil, err
	}
	var out []trace.Target
	for _, ref := range c.refs {
		found, err := c.docker.Inspect(ctx, ref)
		if errors.Is(err, docker.ErrNoContainer) {
			return nil, fault.New(fault.Usage, "list them with docker ps --all", "trace container:%s: %w", ref, docker.ErrNoContainer)
		}
		if err != nil {
			return nil, err
		}
		if found.State != "running" && !c.request.Restart {
			return nil, fault.New(fault.Usage, "start it, or let batten start it with --restart",
				"trace container:%s: it is %s", ref, found.State)
		}
		c.found = append(c.found, found)
		if c.request.Restart {
			c.engine.warn(c.restarted(found), restartHint)
		}
		t := containerTarget(found, c.facts, c.name(found), c.request.Restart)
		t.Run.Workload = profiles.RedactText(c.request.Workload)
		out = append(out, t)
	}
	c.engine.calibrateQuietly(ctx, c.docker, c.found...)
	return out, nil
}

// restartHint is how a first start can be recorded.
const restartHint = "record a new container too: through its compose file, or with its volumes empty"

// restarted says what a restart does not show.
func (c *containerSubject) restarted(found docker.Container) string {
	return found.Name + " is restarted, which is not its first start: what an entrypoint does only once (chown, initdb) is not seen"
}

// warnings are what the result of a service has to say.
func (c *containerSubject) warnings(name string) []string {
	var out []string
	for _, found := range c.found {
		if c.request.Restart && c.name(found) == name {
			out = append(out, c.restarted(found))
		}
	}
	return out
}

// lastWords names the containers that have failed already, with their exit codes.
func (c *containerSubject) lastWords(ctx context.Context) []string {
	return endings(ctx, c.docker, c.found, c.name)
}

// endings tells of containers that have ended, how.
func endings(ctx context.Context, engine *docker.Engine, containers []docker.Container, name func(docker.Container) string) []string {
	var out []string
	for _, one := range containers {
		now, err := engine.Inspect(ctx, one.ID)
		if err == nil && (now.State == "exited" || now.State == "dead") {
			out = append(out, fmt.Sprintf("%s ended with code %d", name(one), now.ExitCode))
		}
	}
	return out
}

// calibrateQuietly measures the runtime where it was not yet; without it there is
// the built-in table.
func (e *Engine) calibrateQuietly(ctx context.Context, engine *docker.Engine, containers ...docker.Container) {
	settings := map[bool]bool{}
	for _, c := range containers {
		settings[c.NoNewPrivileges] = true
	}
	for nnp := range settings {
		if _, err := e.calibrate(ctx, engine, nnp); err != nil && ctx.Err() == nil {
			e.info(fmt.Sprintf("the runtime's own calls come from the built-in table: %v", err))
			return
		}
	}
}

func (c *containerSubject) name(found docker.Container) string {
	switch {
	case c.request.Name != "":
		return c.request.Name
	case found.Service != "":
		return found.Service
	}
	return found.Name
}

func (c *containerSubject) begin(ctx context.Context, s trace.Session) error {
	if c.request.Restart {
		for _, found := range c.found {
			c.engine.emit(Waiting{For: found.Name + " to restart"})
			if err := c.docker.Restart(ctx, found.ID, stopGrace); err != nil {
				return err
			}
		}
	} else {
		s.SetPhase("", profiles.PhaseSteady)
	}
	c.awaitEnd()
	return nil
}

// awaitEnd closes gone when none of the containers runs any more.
func (c *containerSubject) awaitEnd() {
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel, c.gone = cancel, make(chan struct{})
	c.waiters.Add(1)
	go func() {
		defer c.waiters.Done()
		for _, found := range c.found {
			if _, err := c.docker.Wait(ctx, found.ID); ctx.Err() != nil || err != nil && !errors.Is(err, docker.ErrNoContainer) {
				return
			}
		}
		close(c.gone)
	}()
}

func (c *containerSubject) ready(ctx context.Context) (bool, bool) {
	if !c.request.Restart {
		return true, true
	}
	return healthy(ctx, c.docker, c.found)
}

// healthy asks for the health of containers that have a check.
func healthy(ctx context.Context, engine *docker.Engine, containers []docker.Container) (ready, known bool) {
	ready = true
	for _, one := range containers {
		if len(one.HealthCheck) == 0 {
			continue
		}
		now, err := engine.Inspect(ctx, one.ID)
		if err != nil || now.State != "running" {
			continue
		}
		known = true
		ready = ready && now.Health == "healthy"
	}
	return ready && known, known
}

func (c *containerSubject) done() <-chan struct{} { return c.gone }

// end leaves the containers as they are: they ran before.
func (c *containerSubject) end(context.Context) error { return nil }

func (c *containerSubject) former(name string) former {
	for _, found := range c.found {
		if c.name(found) == name {
			return formerOf(found.Seccomp, found.Privileged, found.CapAdd, found.CapDrop)
		}
	}
	return former{}
}

func (c *containerSubject) Close() error {
	if c.cancel != nil {
		c.cancel()
		c.waiters.Wait()
	}
	if c.docker != nil {
		return c.docker.Close()
	}
	return nil
}
