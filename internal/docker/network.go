package docker

import (
	"context"

	"github.com/moby/moby/client"
)

// CreateNetwork makes a bridge network; an internal one has no way out.
func (e *Engine) CreateNetwork(ctx context.Context, name string, internal bool, labels map[string]string) (string, error) {
	result, err := e.client.NetworkCreate(ctx, name, client.NetworkCreateOptions{
		Driver: "bridge", Internal: internal, Labels: labels,
	})
	if err != nil {
		return "", failed("create", "network "+name, err, nil)
	}
	return result.ID, nil
}

// RemoveNetwork removes a network that no container is on.
func (e *Engine) RemoveNetwork(ctx context.Context, nameOrID string) error {
	_, err := e.client.NetworkRemove(ctx, nameOrID, client.NetworkRemoveOptions{})
	return failed("remove", "network "+nameOrID, err, ErrNoNetwork)
}
