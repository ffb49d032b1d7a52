package rules

import (
	"maps"
	"slices"

	"batten/plan"
	"batten/project"
)

var unusedParts = plan.Rule{
	ID:       "B060",
	Title:    "Nothing is declared that is not used",
	Topic:    "dialects",
	Severity: plan.Info,
	Class:    plan.Choice,
	Sources:  []plan.Source{{Name: plan.ComposeSpec, Item: "top-level elements"}},
	Why: "A volume, network or secret that no service uses is a left-over, or a sign that a service was meant to use it and does not: a network " +
		"that was to keep two services apart, a secret that is still in the environment. A container_name keeps a service from " +
		"being started more than once, and clashes with the same name of another project.",
	Fix: "Takes the declaration away, or the container_name. Off unless chosen: somebody may have meant to use it, and other programs may " +
		"know the container by that name.",
	Breaks: "What refers to the container by its container_name, such as a backup script, has to use the service's name.",
	Detect: detectUnusedParts,
}

// used are what services refer to of each section, those that profiles switch off
// included.
func used(p *project.Project) map[string]map[string]bool {
	out := map[string]map[string]bool{"volumes": {}, "networks": {"default": true}, "secrets": {}, "configs": {}}
	for _, services := range []map[string]project.ServiceConfig{p.Model.Services, p.Model.DisabledServices} {
		for _, s := range services {
			for _, v := range s.Volumes {
				out["volumes"][v.Source] = out["volumes"][v.Source] || v.Type == project.MountVolume
			}
			for name := range s.Networks {
				out["networks"][name] = true
			}
			for _, one := range s.Secrets {
				out["secrets"][one.Source] = true
			}
			for _, one := range s.Configs {
				out["configs"][one.Source] = true
			}
			if s.Build != nil {
				for _, one := range s.Build.Secrets {
					out["secrets"][one.Source] = true
				}
			}
		}
	}
	return out
}

// sections of a file whose entries services refer to, with the word for one.
var sections = []struct{ key, one string }{
	{"volumes", "volume"}, {"networks", "network"}, {"secrets", "secret"}, {"configs", "config"},
}

func detectUnusedParts(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	uses := used(d.Project)
	for _, section := range sections {
		for _, name := range declaredNames(d.Project, section.key) {
			if uses[section.key][name] {
				continue
			}
			f := plan.Finding{Key: section.key + "/" + name, Message: "no service uses the " + section.one + " " + plain(name)}
			if w, ok := d.Project.Lookup(section.key, name); ok {
				f.At = []plan.Position{plan.PositionOf(d.Project, w)}
			}
			f.Fix = &plan.Fix{Summary: "take the " + section.one + " away", Off: true,
				Changes: []plan.Change{{Op: plan.Remove, Path: project.Path{section.key, name}}}}
			out = append(out, f)
		}
	}
	for _, s := range containers(d) {
		if s.Config.ContainerName == "" {
			continue
		}
		out = append(out, plan.Finding{
			Service: s.Name, Key: "container_name", At: written(d, s, "container_name"), Message: "its container_name keeps it from being started more than once",
			Fix: &plan.Fix{Summary: "take container_name away", Off: true, Risk: "what knows the container by this name has to use the service's name",
				Changes: []plan.Change{plan.RemoveService(s.Name, "container_name")}},
		})
	}
	return out
}

// declaredNames are the entries of a section in all files, sorted.
func declaredNames(p *project.Project, section string) []string {
	names := map[string]bool{}
	for _, w := range p.Entries(section) {
		names[w.Key] = true
	}
	return slices.Sorted(maps.Keys(names))
}
