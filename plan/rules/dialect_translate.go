package rules

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"batten/plan"
	"batten/project"
)

// translations are what a service can say in words that all readers know, without a
// change of meaning, and the keys that they are about.
var translations = []struct {
	keys []string
	make func(*plan.Draft, project.Service) *plan.Finding
}{
	{[]string{"mem_limit", "cpus", "mem_reservation"}, translateLimits},
	{[]string{"depends_on"}, translateDependsOn},
	{[]string{"env_file"}, translateEnvFile},
	{[]string{"tmpfs"}, translateTmpfs},
}

// limitKeys are where limits of a service are written, and where all readers have
// them.
var limitKeys = []struct {
	key  string
	path []string
}{
	{"mem_limit", []string{"deploy", "resources", "limits", "memory"}},
	{"cpus", []string{"deploy", "resources", "limits", "cpus"}},
	{"mem_reservation", []string{"deploy", "resources", "reservations", "memory"}},
}

// untranslatable limits have no place in deploy that version 3.8 knows: beside one of
// them the others stay, too, since the two kinds must not be mixed.
var untranslatable = []string{
	"pids_limit", "memswap_limit", "mem_swappiness", "cpu_quota", "cpu_period", "cpu_shares", "cpu_count", "cpu_percent",
	"cpu_rt_runtime", "cpu_rt_period", "cpuset", "oom_kill_disable",
}

func translateLimits(d *plan.Draft, s project.Service) *plan.Finding {
	if s.Config.MemLimit == 0 && s.Config.CPUS == 0 && s.Config.MemReservation == 0 {
		return nil
	}
	has := func(key string) bool { _, ok := d.Project.Lookup("services", s.Name, key); return ok }
	deploy := s.Config.Deploy
	if deploy != nil && (deploy.Resources.Limits != nil || deploy.Resources.Reservations != nil) || slices.ContainsFunc(untranslatable, has) {
		return nil
	}
	f := &plan.Finding{Key: keyLimits, Fix: &plan.Fix{}}
	var names []string
	for _, k := range limitKeys {
		w, ok := d.Project.Lookup("services", s.Name, k.key)
		if !ok || w.Node.Kind != yaml.ScalarNode || w.Text == "" {
			continue
		}
		names = append(names, k.key)
		f.At = append(f.At, plan.PositionOf(d.Project, w))
		f.Fix.Changes = append(f.Fix.Changes, plan.RemoveService(s.Name, k.key), plan.SetService(s.Name, w.Text, k.path...))
	}
	if len(names) == 0 {
		return nil
	}
	f.Message = "docker stack and strict readers refuse " + listed(names)
	f.Fix.Summary = "write " + listed(names) + " in deploy.resources, which all readers apply"
	return f
}

func translateDependsOn(d *plan.Draft, s project.Service) *plan.Finding {
	all := d.Project.LookupAll("services", s.Name, "depends_on")
	if len(all) != 1 || all[0].Node.Kind != yaml.MappingNode {
		return nil
	}
	var names []any
	for i := 0; i+1 < len(all[0].Node.Content); i += 2 {
		name, c := all[0].Node.Content[i], s.Config.DependsOn[all[0].Node.Content[i].Value]
		if name.Tag != "!!str" || c.Condition != "service_started" || !c.Required || c.Restart {
			return nil
		}
		names = append(names, name.Value)
	}
	if len(names) == 0 {
		return nil
	}
	return &plan.Finding{
		Key: "depends_on", Message: "docker stack and strict readers refuse depends_on as a mapping, which says no more than a list here",
		At:  []plan.Position{plan.PositionOf(d.Project, all[0])},
		Fix: &plan.Fix{Summary: "write depends_on as a list", Changes: []plan.Change{plan.SetService(s.Name, names, "depends_on")}},
	}
}

func translateEnvFile(d *plan.Draft, s project.Service) *plan.Finding {
	var f *plan.Finding
	for _, w := range d.Project.Items("services", s.Name, "env_file") {
		if w.Node.Kind != yaml.MappingNode {
			continue
		}
		name := mappingValue(w.Node, "path")
		if name == nil || name.Kind != yaml.ScalarNode || len(w.Node.Content) != 2 && !isTrue(mappingValue(w.Node, "required")) {
			return nil
		}
		if f == nil {
			f = &plan.Finding{Key: "env_file", Message: "only Compose v2 reads env_file with a path", Fix: &plan.Fix{Summary: "name the file alone"}}
		}
		f.At = append(f.At, plan.PositionOf(d.Project, w))
		f.Fix.Changes = append(f.Fix.Changes, plan.ReplaceAt(w, name.Value))
	}
	return f
}

func isTrue(n *yaml.Node) bool { return n != nil && n.Value == "true" }

// translateTmpfs is about a stack, which leaves the service's tmpfs out without a
// word, and honours read_only beside it.
func translateTmpfs(d *plan.Draft, s project.Service) *plan.Finding {
	if d.Target != plan.TargetSwarm || len(s.Config.Tmpfs) == 0 {
		return nil
	}
	f := &plan.Finding{Key: "tmpfs", Severity: plan.Medium, At: written(d, s, "tmpfs"), Message: "docker stack leaves the service's tmpfs out",
		Fix: &plan.Fix{Summary: "write it as a mount of type tmpfs", Changes: []plan.Change{plan.RemoveService(s.Name, "tmpfs")}}}
	var lost []string
	for _, text := range s.Config.Tmpfs {
		target, options, _ := strings.Cut(text, ":")
		size := sizeBytes(scratchSize(target))
		for _, o := range strings.Split(options, ",") {
			name, value, _ := strings.Cut(o, "=")
			switch {
			case name == "size":
				if n, ok := bytesOf(value); ok {
					size = n
				}
			case slices.Contains([]string{"uid", "gid", "mode", "exec", "suid", "dev"}, name):
				lost = append(lost, target+": "+o)
			}
		}
		f.Fix.Changes = append(f.Fix.Changes, plan.Change{Op: plan.Add, Path: project.Path{"services", s.Name, "volumes"}, Value: tmpfsMount(target, size)})
	}
	if len(lost) > 0 {
		f.Fix.Notes = append(f.Fix.Notes, "such a mount knows a size alone; lost is "+some(lost))
	}
	return f
}
