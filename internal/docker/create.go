package docker

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// Spec is a container to be made. Only Image must be set.
type Spec struct {
	Image      string
	Name       string
	Entrypoint []string // nil keeps the image's
	Command    []string
	User       string
	Env        map[string]string
	Labels     map[string]string

	SecurityOpt []string // no-new-privileges, seccomp=JSON or unconfined, apparmor=NAME
	CapAdd      []string
	CapDrop     []string
	Privileged  bool
	ReadOnly    bool

	HealthCheck    []string // argument vector
	HealthInterval time.Duration

	Binds   []string          // source:destination[:ro]
	Tmpfs   map[string]string // path → mount options
	Network string            // "" is the default bridge; "none", "host" or a name

	StopSignal  string
	Memory      int64 // bytes; 0 is no limit
	PidsLimit   int64
	AutoRemove  bool
	InitProcess bool
}

// Create makes a container without starting it and returns its id.
func (e *Engine) Create(ctx context.Context, spec Spec) (string, error) {
	config := &container.Config{
		Image:      spec.Image,
		Entrypoint: spec.Entrypoint,
		Cmd:        spec.Command,
		User:       spec.User,
		Labels:     spec.Labels,
		StopSignal: spec.StopSignal,
	}
	for _, name := range slices.Sorted(maps.Keys(spec.Env)) {
		config.Env = append(config.Env, name+"="+spec.Env[name])
	}
	if len(spec.HealthCheck) > 0 {
		config.Healthcheck = &container.HealthConfig{
			Test:     append([]string{"CMD"}, spec.HealthCheck...),
			Interval: spec.HealthInterval,
		}
	}
	host := &container.HostConfig{
		SecurityOpt:    spec.SecurityOpt,
		CapAdd:         spec.CapAdd,
		CapDrop:        spec.CapDrop,
		Privileged:     spec.Privileged,
		ReadonlyRootfs: spec.ReadOnly,
		Binds:          spec.Binds,
		Tmpfs:          spec.Tmpfs,
		NetworkMode:    container.NetworkMode(spec.Network),
		AutoRemove:     spec.AutoRemove,
	}
	host.Memory = spec.Memory
	if spec.PidsLimit != 0 {
		host.PidsLimit = &spec.PidsLimit
	}
	if spec.InitProcess {
		host.Init = &spec.InitProcess
	}
	result, err := e.client.ContainerCreate(ctx, client.ContainerCreateOptions{
		Config: config, HostConfig: host, Name: spec.Name,
	})
	if err != nil {
		return "", failed("create", "container of "+spec.Image, err, ErrNoImage)
	}
	return result.ID, nil
}

// Run makes a container and starts it. When it does not start, it is removed
// again, also when ctx has ended by then.
func (e *Engine) Run(ctx context.Context, spec Spec) (string, error) {
	id, err := e.Create(ctx, spec)
	if err != nil {
		return "", err
	}
	if err := e.Start(ctx, id); err != nil {
		cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
		defer cancel()
		return "", errors.Join(err, e.Remove(cleanup, id))
	}
	return id, nil
}
