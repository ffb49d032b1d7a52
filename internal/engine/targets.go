package engine

import (
	"context"
	"errors"
	"slices"

	"batten/internal/compose"
	"batten/internal/fault"
	"batten/project"
)

// subject finds out what a request is about. Containers tells whether tracing
// them needs a backend that can follow containers.
func (e *Engine) subject(ctx context.Context, req TraceRequest) (s subject, containers bool, err error) {
	if len(req.Command) > 0 {
		name := req.Name
		if name == "" {
			name = ServiceName(req.Command)
		}
		return &commandSubject{request: req, name: name}, false, nil
	}
	targets, err := parseTargets(req.Targets)
	if err != nil {
		return nil, false, err
	}
	switch kind := targets[0].Kind; kind {
	case project.TargetPID:
		p := &processSubject{request: req}
		for _, t := range targets {
			p.pids = append(p.pids, t.PID)
		}
		return p, false, nil
	case project.TargetContainer:
		c := &containerSubject{engine: e, request: req}
		for _, t := range targets {
			c.refs = append(c.refs, t.Text)
		}
		return c, true, nil
	}
	p, services, err := e.projectOf(ctx, targets)
	if err != nil {
		return nil, false, err
	}
	return &composeSubject{engine: e.rooted(p.Dir), request: req, project: p, services: services}, true, nil
}

// parseTargets reads targets and makes sure that they can be traced together.
func parseTargets(texts []string) ([]project.Target, error) {
	if len(texts) == 0 {
		return []project.Target{{Kind: project.TargetFolder}}, nil
	}
	var out []project.Target
	for _, text := range texts {
		t, err := project.ParseTarget(text)
		if err != nil {
			return nil, fault.Wrap(fault.Usage, err, "a target is a compose file, a folder, a service, container:NAME or pid:N")
		}
		out = append(out, t)
	}
	class := func(t project.Target) string {
		switch t.Kind {
		case project.TargetPID, project.TargetContainer:
			return string(t.Kind)
		}
		return "compose"
	}
	if slices.ContainsFunc(out, func(t project.Target) bool { return class(t) != class(out[0]) }) {
		return nil, fault.New(fault.Usage, "trace processes, containers and compose services one after another",
			"targets of different sorts: %s and others", texts[0])
	}
	return out, nil
}

// projectOf loads the project that targets are of and names the services meant.
func (e *Engine) projectOf(ctx context.Context, targets []project.Target) (*project.Project, []string, error) {
	dir, files := e.dir, slices.Clone(e.options.Files)
	var services []string
	for _, t := range targets {
		switch t.Kind {
		case project.TargetFile:
			files = append(files, abs(t.Text))
		case project.TargetFolder:
			if t.Text != "" {
				dir = abs(t.Text)
			}
		case project.TargetService:
			services = append(services, t.Text)
		}
	}
	p, err := e.loadProject(ctx, dir, files)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range services {
		if _, ok := p.Service(name); !ok {
			return nil, nil, fault.New(fault.Usage, "services are: "+join(p.Names()), "find service %s: %w", name, project.ErrNoService)
		}
	}
	if len(services) == 0 {
		services = p.Names()
	}
	if len(services) == 0 {
		return nil, nil, fault.New(fault.Usage, "", "look at %s: the project has no services", p.Name)
	}
	return p, services, nil
}

func (e *Engine) loadProject(ctx context.Context, dir string, files []string) (*project.Project, error) {
	p, err := project.Load(ctx, dir, files)
	switch {
	case errors.Is(err, project.ErrNoCompose):
		return nil, fault.Wrap(fault.Usage, err, "name a compose file with -f, a command after --, container:NAME or pid:N")
	case errors.Is(err, project.ErrRemote):
		return nil, fault.Wrap(fault.Usage, err, "put a copy of the file into the project and include that")
	case errors.Is(err, project.ErrLinkOut):
		return nil, fault.Wrap(fault.Usage, err, "put a copy of the file into the project")
	case errors.Is(err, project.ErrBadCompose):
		hint := ""
		if tool, err := compose.Find(ctx); err == nil {
			hint = "check it with " + tool.Name() + " config"
		}
		return nil, fault.Wrap(fault.Usage, err, hint)
	}
	return p, err
}

// ProjectServices names the services of the project, for completion.
func (e *Engine) ProjectServices(ctx context.Context) []string {
	p, err := project.Load(ctx, e.dir, e.options.Files)
	if err != nil {
		return nil
	}
	return p.Names()
}
