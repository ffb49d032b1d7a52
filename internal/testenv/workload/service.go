// Package workload drives the real services of the test image as their users do,
// so that a recording holds what they need and a hardened one is shown to work.
//
// Invariant: a driver checks every answer and fails on the first wrong one, with
// the service, what was asked and what came back. It reaches a service over the
// network, as a client does: nothing is started inside the service's container
// unless the caller asks for it, for that would be part of the recording.
package workload

import (
	"context"
	"fmt"
	"time"

	"batten/internal/docker"
)

// Target is a running service.
type Target struct {
	Engine    *docker.Engine
	Container string // id
	Address   string // IP address; drivers know the port
	// Client, when set, runs a command as PostgreSQL's user and returns its exit code
	// and output: where there is no engine.
	Client func(ctx context.Context, argv ...string) (int, string, error)
	// Inside runs PostgreSQL's client in the service's container instead of one
	// of its own.
	Inside bool
}

// Service is one of the image's services.
type Service struct {
	Name        string
	Command     []string
	HealthCheck []string
	// Ready returns nil when the service answers, and is called until it does.
	Ready func(ctx context.Context, target Target) error
	// Drive makes the service do what it is for. It may be called again.
	Drive func(ctx context.Context, target Target) error
	// Check looks for what Drive left behind, after a restart, say.
	Check func(ctx context.Context, target Target) error
}

// All returns every service.
func All() []Service { return []Service{Nginx(), Redis(), Postgres()} }

// Spec is a container of the service.
func (s Service) Spec(image string) docker.Spec {
	return docker.Spec{
		Image: image, Command: s.Command, HealthCheck: s.HealthCheck, HealthInterval: 5 * time.Second,
	}
}

// Locate fills in a target for a running container.
func Locate(ctx context.Context, engine *docker.Engine, id string) (Target, error) {
	found, err := engine.Inspect(ctx, id)
	if err != nil {
		return Target{}, err
	}
	if found.Address() == "" {
		return Target{}, fmt.Errorf("locate container %s: no address, state %s", found.Name, found.State)
	}
	return Target{Engine: engine, Container: found.ID, Address: found.Address()}, nil
}

// Await waits until the service answers. When it has not by the end of ctx, or
// its container has stopped, the error holds the last reason and its output.
func (s Service) Await(ctx context.Context, target Target) error {
	for {
		err := s.Ready(ctx, target)
		if err == nil {
			return nil
		}
		if target.Engine == nil {
			// Nobody to ask whether it still runs.
		} else if found, inspectErr := target.Engine.Inspect(ctx, target.Container); inspectErr == nil && found.State != "running" {
			return fmt.Errorf("await %s: %s with code %d: %w%s", s.Name, found.State, found.ExitCode, err, s.output(ctx, target))
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("await %s: %w: %w%s", s.Name, ctx.Err(), err, s.output(ctx, target))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Cycle does what a recording should see at least: drive, restart, check that
// nothing was lost. It returns the target after the restart, whose address may
// be another.
func (s Service) Cycle(ctx context.Context, target Target) (Target, error) {
	if err := s.Await(ctx, target); err != nil {
		return target, err
	}
	if err := s.Drive(ctx, target); err != nil {
		return target, fmt.Errorf("drive %s: %w", s.Name, err)
	}
	if err := target.Engine.Restart(ctx, target.Container, 30*time.Second); err != nil {
		return target, err
	}
	again, err := Locate(ctx, target.Engine, target.Container)
	if err != nil {
		return target, err
	}
	again.Inside = target.Inside
	if err := s.Await(ctx, again); err != nil {
		return again, err
	}
	if err := s.Check(ctx, again); err != nil {
		return again, fmt.Errorf("check %s after restart: %w", s.Name, err)
	}
	return again, nil
}

func (s Service) output(ctx context.Context, target Target) string {
	if target.Engine == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	output, err := target.Engine.Logs(ctx, target.Container)
	if err != nil {
		return ""
	}
	if len(output) > 2000 {
		output = output[len(output)-2000:]
	}
	return "\n" + output
}
