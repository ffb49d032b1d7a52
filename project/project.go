// Package project finds out what is there to be hardened: the services of a
// compose project, and what a target on the command line means.
//
// Invariants. Nothing is started, changed or fetched: includes from elsewhere
// are refused. A compose file is not trusted: its values are data, variables
// that look like secrets are not put into it, and env_file files are not read.
package project

import "errors"

// Errors that callers branch on.
var (
	// ErrNoCompose means that there is no compose file where one was looked for.
	ErrNoCompose = errors.New("no compose file")
	// ErrBadCompose means that a compose file cannot be read as one.
	ErrBadCompose = errors.New("compose file not usable")
	// ErrRemote means that a compose file includes one from elsewhere.
	ErrRemote = errors.New("remote includes are not followed")
	// ErrLinkOut means that a symbolic link leads to a file outside of the project.
	ErrLinkOut = errors.New("links that lead out of the project are not followed")
	// ErrNoService means that the project has no such service.
	ErrNoService = errors.New("no such service")
	// ErrBadTarget means that a target names nothing that batten knows.
	ErrBadTarget = errors.New("unknown target")
)

// Project is a compose project as its files describe it.
type Project struct {
	Name     string    // as compose derives it: labels of its containers carry it
	Dir      string    // relative paths in the files start here
	Files    []string  // absolute, in the order in which they are merged
	Version  string    // the first file's version key as written, "" without one
	Services []Service // sorted by name; those that profiles disable, too
	// Sources are the files that the project was read from: Files first, in their
	// order, then what they include and extend.
	Sources []*Source
	// Model is the whole project with variables filled in, except secret-looking
	// ones; relative paths are absolute. It is not changed after loading.
	Model *Model
	Host  Host
	// Unset are the variables that the files name and nothing sets, in the order of
	// Sources: compose puts nothing in their place. At most 1000.
	Unset []UnsetVariable

	env environment // of the main files
}

// Service is one service of a project, with what matters for tracing it.
type Service struct {
	Name  string
	Image string // as written, variables filled in; "" when it is only built
	Build bool

	User            string
	Privileged      bool
	CapAdd, CapDrop []string
	SecurityOpt     []string
	NoNewPrivileges bool
	// Seccomp is the service's own setting: "", "unconfined", or the path of a
	// profile, absolute.
	Seccomp string

	HealthCheck []string // argument vector of the probe; nil when the file sets none
	DependsOn   []string // sorted
	// Provider is set when a program on the host stands in for a container:
	// batten does not start such a service.
	Provider string

	// Disabled is true when the service has profiles of which none is enabled: compose
	// does not start it unless it is asked for by name.
	Disabled bool

	Config *ServiceConfig // all of it; never nil
	// Facts are what the engine knows of the image, nil when none was asked.
	Facts *Image
	// Containers are those of the service that exist, when an engine was asked.
	Containers []Container
}

// Service returns a service by name.
func (p *Project) Service(name string) (Service, bool) {
	for _, s := range p.Services {
		if s.Name == name {
			return s, true
		}
	}
	return Service{}, false
}

// Names returns the names of the services that compose starts when none is named,
// sorted.
func (p *Project) Names() []string {
	names := make([]string, 0, len(p.Services))
	for _, s := range p.Services {
		if !s.Disabled {
			names = append(names, s.Name)
		}
	}
	return names
}

// JoinImages notes what is known of the images, by service. Services that it does
// not name keep what they have.
func (p *Project) JoinImages(images map[string]*Image) {
	for i := range p.Services {
		if image, ok := images[p.Services[i].Name]; ok {
			p.Services[i].Facts = image
		}
	}
}
