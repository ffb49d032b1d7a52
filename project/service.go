package project

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// addServices lists the services of the model.
func (p *Project) addServices() error {
	all := p.Model.AllServices()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		// Allowed by the format, and a flag to every program that it is given to.
		if strings.HasPrefix(name, "-") {
			return p.problemWith(ErrBadCompose, Path{"services", name}, "the name of service "+quoted(name)+" begins with a dash")
		}
		service := newService(all[name], p.Dir)
		service.Disabled = !all[name].HasProfile(activeProfiles(p.env.real))
		p.Services = append(p.Services, service)
	}
	return nil
}

// activeProfiles are the profiles that the user enables.
func activeProfiles(env map[string]string) []string {
	return strings.FieldsFunc(env["COMPOSE_PROFILES"], func(r rune) bool { return r == ',' || r == ' ' })
}

// problemWith is what is wrong with a value of the project, at the place of the
// deepest part of its path that is written.
func (p *Project) problemWith(kind error, path Path, text string) error {
	for n := len(path); n > 0; n-- {
		for i, s := range slices.Backward(p.Sources) {
			if w, ok := s.lookup(i, path[:n]); ok {
				return s.problemAt(w.Node, kind, "%s", text)
			}
		}
	}
	if len(p.Sources) == 0 {
		return &problem{file: p.Dir, kind: kind, text: text}
	}
	return p.Sources[0].problemAt(nil, kind, "%s", text)
}

func newService(in ServiceConfig, dir string) Service {
	out := Service{
		Name: in.Name, Image: in.Image, Build: in.Build != nil, User: in.User,
		Privileged: in.Privileged, CapAdd: in.CapAdd, CapDrop: in.CapDrop, SecurityOpt: in.SecurityOpt,
		DependsOn: in.GetDependencies(), Config: &in,
	}
	slices.Sort(out.DependsOn)
	for _, option := range in.SecurityOpt {
		name, value, _ := strings.Cut(option, separator(option))
		switch name {
		case "no-new-privileges":
			out.NoNewPrivileges = value == "" || value == "true"
		case "seccomp":
			if value != "unconfined" && !filepath.IsAbs(value) {
				value = filepath.Join(dir, value)
			}
			out.Seccomp = value
		}
	}
	if h := in.HealthCheck; h != nil && !h.Disable && len(h.Test) > 1 {
		switch h.Test[0] {
		case "CMD":
			out.HealthCheck = h.Test[1:]
		case "CMD-SHELL":
			out.HealthCheck = []string{"/bin/sh", "-c", h.Test[1]}
		}
	}
	if in.Provider != nil {
		out.Provider = in.Provider.Type
	}
	return out
}

// separator is "=" or, as old files have it, ":"; whichever comes first.
func separator(option string) string {
	if i := strings.IndexAny(option, "=:"); i >= 0 {
		return option[i : i+1]
	}
	return "="
}
