package engine

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strconv"
	"strings"

	"batten/generators/apparmor"
	"batten/internal/fault"
	"batten/plan"
	"batten/profiles"
)

// explainPath says who did what with a path; where nobody did, what is below it, or
// which recorded paths are like it.
func (e *Engine) explainPath(ctx context.Context, asked string, recorded []profiles.Profile) *Explanation {
	wildcards := patterned(asked)
	clean := asked
	if !wildcards {
		clean = path.Clean(asked)
	}
	x := &Explanation{Name: clean, Kind: "path", Seen: []Seen{}, Use: &Use{Unseen: unseen(recorded)}}
	fit := fits(clean)
	services, paths := map[string]bool{}, map[string]bool{}
	changed := map[string]bool{}
	for _, p := range recorded {
		for _, f := range p.Files {
			if !fit(f.Path) {
				continue
			}
			services[p.Service.Name], paths[f.Path] = true, true
			changed[p.Service.Name] = changed[p.Service.Name] || f.OfService() && f.Changes()
			if !wildcards {
				x.Use.Files = append(x.Use.Files, UsedFile{p.Service.Name, f, runsOf(p, f.Part)})
			}
		}
		inFolder := func(p string) bool { return p != clean && below(p, clean) }
		if wildcards {
			inFolder = fit
		}
		if sum, ok := sumUp(p, clean, inFolder); ok {
			x.Use.Folders = append(x.Use.Folders, sum)
		}
	}
	if len(paths) == 0 {
		if len(x.Use.Folders) == 0 {
			x.Use.Near = nearPaths(clean, recorded)
		}
		return x
	}
	x.Use.AppArmor = rulesFor(recorded, services, func(r ruleAbout) bool {
		return slices.ContainsFunc(r.Paths, func(p string) bool { return paths[p] })
	})
	x.Use.Findings = e.findingsAbout(ctx, func(f plan.Finding) bool {
		if !services[f.Service] {
			return false
		}
		if f.Rule == "B008" { // the root file system: what is changed has to stay writable
			return changed[f.Service]
		}
		key := strings.TrimSuffix(f.Key, "/")
		return strings.HasPrefix(key, "/") && !wildcards && below(clean, key)
	})
	return x
}

// fewExamples bounds the paths that stand for a folder.
const fewExamples = 5

func sumUp(p profiles.Profile, folder string, in func(string) bool) (UsedFolder, bool) {
	out := UsedFolder{Service: p.Service.Name, Path: folder, Examples: []string{}}
	uses, programs := map[string]fileUse{}, map[string]bool{}
	for _, f := range p.Files {
		if f.OfService() && in(f.Path) {
			uses[f.Path] = max(uses[f.Path], useOf(f))
			if f.Program != "" {
				programs[f.Program] = true
			}
		}
	}
	for at, use := range uses {
		out.Examples = append(out.Examples, at)
		if use == usedChanged {
			out.Changed++
		} else {
			out.Read++
		}
	}
	slices.Sort(out.Examples)
	out.Paths, out.Programs = len(uses), sortedNames(programs)
	out.Examples = out.Examples[:min(len(out.Examples), fewExamples)]
	return out, len(uses) > 0
}

// nearPaths are recorded paths with the same name elsewhere, or with nearly the same
// name in the same folder; else those of the deepest folder above that has any.
func nearPaths(asked string, recorded []profiles.Profile) []NearPath {
	type candidate struct {
		NearPath
		distance int
	}
	var all []candidate
	seen := map[NearPath]bool{}
	for _, p := range recorded {
		for _, f := range p.Files {
			one := NearPath{p.Service.Name, f.Path}
			if seen[one] {
				continue
			}
			seen[one] = true
			distance := 3
			switch {
			case path.Base(f.Path) == path.Base(asked):
				distance = 2
			case len(asked) <= 256:
				distance = edits(f.Path, asked, 3)
			}
			if distance == 3 && path.Dir(f.Path) != path.Dir(asked) {
				continue
			}
			all = append(all, candidate{one, distance})
		}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Service, b.Service))
	})
	var out []NearPath
	for _, one := range all[:min(len(all), fewExamples)] {
		out = append(out, one.NearPath)
	}
	return out
}

// ruleAbout is a rule of a profile while one is looked for.
type ruleAbout struct {
	apparmor.Rule
	network, signal bool
}

// rulesFor are the rules of services' AppArmor profiles that a predicate picks, as the
// recordings alone make them.
func rulesFor(recorded []profiles.Profile, services map[string]bool, about func(ruleAbout) bool) []UsedRule {
	var out []UsedRule
	for _, p := range recorded {
		if !services[p.Service.Name] {
			continue
		}
		name, err := apparmor.Name(p.Service.Project, p.Service.Name)
		if err != nil {
			continue
		}
		result, err := apparmor.Generate(p, apparmor.Options{Name: name, NoNewPrivileges: p.NoNewPrivileges()})
		if err != nil {
			continue
		}
		for _, r := range result.Rules {
			if about(ruleAbout{r, r.Group == apparmor.GroupNetwork, r.Group == apparmor.GroupSignals}) {
				out = append(out, UsedRule{p.Service.Name, r.Text, r.Why, r.Generalised, r.Profile})
			}
		}
	}
	return out
}

// explainLine explains one line of an AppArmor profile that batten wrote: what the line
// says, and who used the paths that it stands for.
func (e *Engine) explainLine(ctx context.Context, name, file, number string, recorded []profiles.Profile) (*Explanation, error) {
	data, err := readLimited(file)
	if err != nil {
		return nil, fault.New(fault.Usage, "such as batten explain "+e.appArmorPath("batten.PROJECT.SERVICE")+":12", "explain: %s cannot be read", file)
	}
	if !strings.Contains(string(data), appArmorMark) {
		return nil, fault.New(fault.Usage, "only profiles that batten wrote have lines with reasons", "explain: %s is no AppArmor profile of batten", file)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	n, _ := strconv.Atoi(number)
	if n < 1 || n > len(lines) {
		return nil, fault.New(fault.Usage, "", "explain: %s has %d lines", file, len(lines))
	}
	line := strings.TrimSpace(lines[n-1])
	x := &Explanation{Name: name, Kind: "line", Meaning: line, Seen: []Seen{}, Use: &Use{}}
	profile := path.Base(file)
	for _, p := range recorded {
		made, err := apparmor.Name(p.Service.Project, p.Service.Name)
		if err != nil || made != profile {
			continue
		}
		rules := rulesFor(recorded, map[string]bool{p.Service.Name: true}, func(r ruleAbout) bool {
			return line == r.Text || strings.HasPrefix(line, r.Text+"  #")
		})
		x.Use.AppArmor = append(x.Use.AppArmor, rules...)
		paths := pathsOfRule(p, line)
		for _, f := range p.Files {
			if slices.Contains(paths, f.Path) {
				x.Use.Files = append(x.Use.Files, UsedFile{p.Service.Name, f, runsOf(p, f.Part)})
			}
		}
	}
	return x, nil
}

// pathsOfRule are the recorded paths that a line of a profile stands for.
func pathsOfRule(p profiles.Profile, line string) []string {
	name, err := apparmor.Name(p.Service.Project, p.Service.Name)
	if err != nil {
		return nil
	}
	result, err := apparmor.Generate(p, apparmor.Options{Name: name, NoNewPrivileges: p.NoNewPrivileges()})
	if err != nil {
		return nil
	}
	for _, r := range result.Rules {
		if line == r.Text || strings.HasPrefix(line, r.Text+"  #") {
			return r.Paths
		}
	}
	return nil
}
