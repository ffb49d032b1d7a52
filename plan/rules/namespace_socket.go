package rules

import (
	"path"
	"slices"

	"batten/plan"
	"batten/project"
)

// controlSockets are the sockets of engines, by file name: their folders differ.
var controlSockets = map[string]string{
	"docker.sock": "Docker", "containerd.sock": "containerd", "podman.sock": "Podman", "crio.sock": "CRI-O",
	"dockershim.sock": "Docker", "cri-dockerd.sock": "Docker", "buildkitd.sock": "BuildKit",
}

func detectControlSocket(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		if s.Config.UseAPISocket {
			out = append(out, plan.Finding{Service: s.Name, Key: "use_api_socket", Message: "it is given the engine's control socket: root on the host",
				At: written(d, s, "use_api_socket"), Fix: behindProxy("Docker")})
		}
		var seen []string
		for _, v := range s.Config.Volumes {
			engine := controlSockets[path.Base(path.Clean(v.Source))]
			if v.Type != project.MountBind || engine == "" || slices.Contains(seen, v.Target) {
				continue
			}
			seen = append(seen, v.Target)
			f := plan.Finding{Service: s.Name, Key: v.Target, Message: "it holds the control socket of " + engine + ": root on the host",
				At: mountPlaces(d, s, v), Fix: behindProxy(engine)}
			f.Evidence = append(f.Evidence, usedBelow(d.Profile(s.Name), spellings(s, v.Target)...)...)
			if v.ReadOnly {
				f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromEngine, Text: "read-only makes no difference: connecting is not writing"})
			}
			out = append(out, f)
		}
	}
	return out
}

func behindProxy(engine string) *plan.Fix {
	return &plan.Fix{
		Summary: "give it a filtering proxy instead of the socket",
		Blocked: "which calls it has to make to " + engine + " is for a person to say",
		Notes: []string{
			"let a service of its own hold the socket and pass on only the calls that are needed, reading before all",
			"put the two on an internal network that nobody else is on, and name the proxy in DOCKER_HOST",
			"if it needs to start containers, nothing less than root on the host is what it has: keep it away from the network",
		},
	}
}

// mountPlaces is where a mount is written, in the short or the long form.
func mountPlaces(d *plan.Draft, s project.Service, v project.MountConfig) []plan.Position {
	var out []plan.Position
	for _, w := range d.Project.Items("services", s.Name, "volumes") {
		if target := mountTarget(w); target != "" && path.Clean(target) == path.Clean(v.Target) {
			out = append(out, plan.PositionOf(d.Project, w))
		}
	}
	if len(out) == 0 {
		return written(d, s, "volumes")
	}
	return out
}
