package docker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// Image is what an image says about itself.
type Image struct {
	ID          string
	Tags        []string
	Digests     []string
	User        string
	Entrypoint  []string
	Command     []string
	HealthCheck []string
	StopSignal  string
	Labels      map[string]string
	EnvNames    []string
	Volumes     []string
	Ports       []string // 80/tcp
	Size        int64
}

// ImageExists tells whether the engine has an image, without pulling it.
func (e *Engine) ImageExists(ctx context.Context, ref string) (bool, error) {
	_, err := e.client.ImageInspect(ctx, ref)
	if errdefs.IsNotFound(err) {
		return false, nil
	}
	return err == nil, failed("inspect", "image "+ref, err, nil)
}

// ImageInspect describes an image that the engine has; otherwise the error wraps
// [ErrNoImage].
func (e *Engine) ImageInspect(ctx context.Context, ref string) (Image, error) {
	result, err := e.client.ImageInspect(ctx, ref)
	if err != nil {
		return Image{}, failed("inspect", "image "+ref, err, ErrNoImage)
	}
	image := Image{ID: result.ID, Tags: result.RepoTags, Digests: result.RepoDigests, Size: result.Size}
	if config := result.Config; config != nil {
		image.User, image.StopSignal, image.Labels = config.User, config.StopSignal, config.Labels
		image.Entrypoint, image.Command = config.Entrypoint, config.Cmd
		image.EnvNames = envNames(config.Env)
		image.Volumes = sortedKeys(config.Volumes)
		image.Ports = sortedKeys(config.ExposedPorts)
		if config.Healthcheck != nil {
			image.HealthCheck = probe(config.Healthcheck.Test, config.Shell)
		}
	}
	return image, nil
}

// ImageImport makes an image of one layer from a tar stream. changes are
// Dockerfile instructions such as `ENTRYPOINT ["/program"]`.
func (e *Engine) ImageImport(ctx context.Context, layer io.Reader, ref string, changes ...string) error {
	body, err := e.client.ImageImport(ctx, client.ImageImportSource{Source: layer, SourceName: "-"}, ref,
		client.ImageImportOptions{Changes: changes})
	if err != nil {
		return failed("import", "image "+ref, err, nil)
	}
	defer body.Close()
	// The engine answers 200 at once and reports a failure in the stream.
	messages := json.NewDecoder(bufio.NewReader(body))
	for {
		var message struct {
			Error string `json:"error"`
		}
		switch err := messages.Decode(&message); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return failed("import", "image "+ref, err, nil)
		case message.Error != "":
			return failed("import", "image "+ref, errors.New(message.Error), nil)
		}
	}
}

// ImageRemove removes a tag, and the image when that was its last.
func (e *Engine) ImageRemove(ctx context.Context, ref string) error {
	_, err := e.client.ImageRemove(ctx, ref, client.ImageRemoveOptions{PruneChildren: true})
	return failed("remove", "image "+ref, err, ErrNoImage)
}
