package docker

import (
	"errors"
	"fmt"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// Errors that callers branch on.
var (
	// ErrNoEngine means that no engine answers; the text says why.
	ErrNoEngine = errors.New("no docker engine")
	// ErrNoContainer means that the engine knows no such container.
	ErrNoContainer = errors.New("no such container")
	// ErrNoImage means that the engine has no such image.
	ErrNoImage = errors.New("no such image")
	// ErrNoNetwork means that the engine knows no such network.
	ErrNoNetwork = errors.New("no such network")
)

// failed says what was attempted on which object. notFound is the sentinel that
// "not found" stands for in this call.
func failed(verb, object string, err, notFound error) error {
	switch {
	case err == nil:
		return nil
	case notFound != nil && errdefs.IsNotFound(err):
		return fmt.Errorf("%s %s: %w (%v)", verb, object, notFound, err)
	case client.IsErrConnectionFailed(err):
		return fmt.Errorf("%s %s: %w: %w", verb, object, ErrNoEngine, err)
	}
	return fmt.Errorf("%s %s: %w", verb, object, err)
}
