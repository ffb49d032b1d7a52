package docker

import (
	"context"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// Labels that Compose puts on what it makes.
const (
	LabelProject     = "com.docker.compose.project"
	LabelService     = "com.docker.compose.service"
	LabelFiles       = "com.docker.compose.project.config_files"
	LabelDirectory   = "com.docker.compose.project.working_dir"
	labelReplicaNo   = "com.docker.compose.container-number"
	labelOneOff      = "com.docker.compose.oneoff"
	labelOneOffValue = "True"
)

// Container is one container as far as batten cares.
type Container struct {
	ID    string // 64 hexadecimal digits
	Name  string // without the leading slash
	State string // created, running, paused, restarting, removing, exited, dead
	PID   int    // first process on the engine's machine; 0 when not running

	Image       string // as it was asked for
	ImageID     string // sha256:…
	ImageDigest string // name@sha256:… when the image came from a registry

	Entrypoint  []string
	Command     []string
	HealthCheck []string // argument vector of one probe; nil when there is none
	Health      string   // "", starting, healthy, unhealthy
	ExitCode    int      // of the last run; meaningful when exited

	User            string // as set: "", name, uid, either with :group
	Privileged      bool
	CapAdd          []string
	CapDrop         []string
	SecurityOpt     []string // as set
	NoNewPrivileges bool
	Seccomp         string // literal text of the option: "", "unconfined", or JSON
	AppArmor        string // the profile it runs under; "" without AppArmor
	ReadOnly        bool   // read-only root file system
	Runtime         string

	Project      string // Compose labels; "" outside Compose
	Service      string
	ComposeFiles []string
	ComposeDir   string

	EnvNames []string // names only; see Engine.Environment for values
	Mounts   []Mount
	Networks []Network
	// NetworkMode is how it was given its network: "bridge", the name of a network,
	// "none", "host", or "container:ID" for that of another container.
	NetworkMode string
}

// Mount is one place where the container sees something from outside.
type Mount struct {
	Kind        string // bind, volume, tmpfs
	Source      string // path on the host, or the volume's name
	Destination string
	Writable    bool
}

// Network is one network that the container is on.
type Network struct {
	Name    string
	Address string // IPv4, else IPv6; "" when not running
	// Address6 is the IPv6 address where the container has both.
	Address6 string
}

// Inspect looks a container up by name, id or a unique beginning of the id. The
// error wraps [ErrNoContainer] when there is none.
func (e *Engine) Inspect(ctx context.Context, nameOrID string) (Container, error) {
	result, err := e.client.ContainerInspect(ctx, nameOrID, client.ContainerInspectOptions{})
	if err != nil {
		return Container{}, failed("inspect", "container "+nameOrID, err, ErrNoContainer)
	}
	found := fromInspect(result.Container)
	// The image may be gone while its container lives on: then there is no digest.
	if image, err := e.client.ImageInspect(ctx, found.ImageID); err == nil && len(image.RepoDigests) > 0 {
		found.ImageDigest = slices.Min(image.RepoDigests)
	}
	return found, nil
}

func fromInspect(in container.InspectResponse) Container {
	out := Container{
		ID:       in.ID,
		Name:     strings.TrimPrefix(in.Name, "/"),
		ImageID:  in.Image,
		AppArmor: in.AppArmorProfile,
	}
	if state := in.State; state != nil {
		out.State, out.PID, out.ExitCode = string(state.Status), state.Pid, state.ExitCode
		if state.Health != nil && state.Health.Status != container.NoHealthcheck {
			out.Health = string(state.Health.Status)
		}
	}
	if config := in.Config; config != nil {
		out.Image, out.User = config.Image, config.User
		out.Entrypoint, out.Command = config.Entrypoint, config.Cmd
		out.EnvNames = envNames(config.Env)
		if config.Healthcheck != nil {
			out.HealthCheck = probe(config.Healthcheck.Test, config.Shell)
		}
		out.Project, out.Service = config.Labels[LabelProject], config.Labels[LabelService]
		out.ComposeDir = config.Labels[LabelDirectory]
		if files := config.Labels[LabelFiles]; files != "" {
			out.ComposeFiles = strings.Split(files, ",")
		}
	}
	if host := in.HostConfig; host != nil {
		out.Privileged, out.ReadOnly, out.Runtime = host.Privileged, host.ReadonlyRootfs, host.Runtime
		out.NetworkMode = string(host.NetworkMode)
		out.CapAdd, out.CapDrop, out.SecurityOpt = host.CapAdd, host.CapDrop, host.SecurityOpt
		out.NoNewPrivileges, out.Seccomp = security(host.SecurityOpt)
		for destination := range host.Tmpfs {
			out.Mounts = append(out.Mounts, Mount{Kind: "tmpfs", Destination: destination, Writable: true})
		}
	}
	for _, mount := range in.Mounts {
		source := mount.Source
		if mount.Name != "" {
			source = mount.Name
		}
		out.Mounts = append(out.Mounts, Mount{string(mount.Type), source, mount.Destination, mount.RW})
	}
	slices.SortFunc(out.Mounts, func(a, b Mount) int { return strings.Compare(a.Destination, b.Destination) })
	out.Networks = networks(in.NetworkSettings)
	return out
}

func networks(settings *container.NetworkSettings) []Network {
	if settings == nil {
		return nil
	}
	var out []Network
	for name, endpoint := range settings.Networks {
		network := Network{Name: name}
		switch {
		case endpoint == nil:
		case endpoint.IPAddress.IsValid():
			network.Address = endpoint.IPAddress.String()
			if endpoint.GlobalIPv6Address.IsValid() {
				network.Address6 = endpoint.GlobalIPv6Address.String()
			}
		case endpoint.GlobalIPv6Address.IsValid():
			network.Address = endpoint.GlobalIPv6Address.String()
		}
		out = append(out, network)
	}
	slices.SortFunc(out, func(a, b Network) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Address is the container's first address, or "" when it has none.
func (c Container) Address() string {
	for _, network := range c.Networks {
		if network.Address != "" {
			return network.Address
		}
	}
	return ""
}
