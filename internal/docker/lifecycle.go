package docker

import (
	"context"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// Start starts a container that exists.
func (e *Engine) Start(ctx context.Context, id string) error {
	_, err := e.client.ContainerStart(ctx, id, client.ContainerStartOptions{})
	return failed("start", "container "+id, err, ErrNoContainer)
}

// Stop asks a container to stop and kills it when it has not after grace.
func (e *Engine) Stop(ctx context.Context, id string, grace time.Duration) error {
	seconds := wholeSeconds(grace)
	_, err := e.client.ContainerStop(ctx, id, client.ContainerStopOptions{Timeout: &seconds})
	return failed("stop", "container "+id, err, ErrNoContainer)
}

// Restart stops a container as [Engine.Stop] does, and starts it again.
func (e *Engine) Restart(ctx context.Context, id string, grace time.Duration) error {
	seconds := wholeSeconds(grace)
	_, err := e.client.ContainerRestart(ctx, id, client.ContainerRestartOptions{Timeout: &seconds})
	return failed("restart", "container "+id, err, ErrNoContainer)
}

// Kill sends a signal, such as "HUP", to the container's first process.
func (e *Engine) Kill(ctx context.Context, id, signal string) error {
	_, err := e.client.ContainerKill(ctx, id, client.ContainerKillOptions{Signal: signal})
	return failed("signal", "container "+id, err, ErrNoContainer)
}

// Wait waits until a container does not run and returns its exit code; at once
// when it has exited already.
func (e *Engine) Wait(ctx context.Context, id string) (int, error) {
	wait := e.client.ContainerWait(ctx, id, client.ContainerWaitOptions{Condition: container.WaitConditionNotRunning})
	select {
	case result := <-wait.Result:
		return int(result.StatusCode), nil
	case err := <-wait.Error:
		return 0, failed("wait for", "container "+id, err, ErrNoContainer)
	}
}

// Remove kills a container if need be and removes it with its anonymous volumes.
func (e *Engine) Remove(ctx context.Context, id string) error {
	_, err := e.client.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	return failed("remove", "container "+id, err, ErrNoContainer)
}

// wholeSeconds rounds up: the API has no finer grain, and 0 would kill at once.
func wholeSeconds(d time.Duration) int {
	return int((d + time.Second - 1) / time.Second)
}
