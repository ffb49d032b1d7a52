package docker

import (
	"context"
	"strings"

	"github.com/moby/moby/client"
)

// Environment returns the container's environment variables with their values.
// It is the one way by which values leave this package: whoever calls it answers
// for what becomes of them.
func (e *Engine) Environment(ctx context.Context, nameOrID string) (map[string]string, error) {
	result, err := e.client.ContainerInspect(ctx, nameOrID, client.ContainerInspectOptions{})
	if err != nil {
		return nil, failed("read", "environment of container "+nameOrID, err, ErrNoContainer)
	}
	values := map[string]string{}
	if result.Container.Config == nil {
		return values, nil
	}
	for _, entry := range result.Container.Config.Env {
		name, value, _ := strings.Cut(entry, "=")
		values[name] = value
	}
	return values, nil
}
