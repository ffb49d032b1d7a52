package rules

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

var dataLost = plan.Rule{
	ID:       "B011",
	Title:    "Data is kept in named volumes",
	Topic:    "filesystem",
	Severity: plan.Medium,
	Class:    plan.Choice,
	Needs:    []plan.Need{plan.NeedCompose},
	Sources: []plan.Source{
		{Name: plan.GuideTips, Item: "tip 38"}, {Name: plan.GuideCourse}, {Name: plan.DockerDocs, Item: "Volumes"},
	},
	Why: "What a service writes into its own layer is gone when its container is replaced, and hardening replaces it. An anonymous " +
		"volume stays, but nobody knows by its name whose it is, nobody backs it up, and down -v or a prune takes it. Data has " +
		"to have a place with a name before the root file system can be made read-only.",
	Fix: "Proposes a named volume for each folder that looks like data and was written, or that the image declares as a volume and the " +
		"file gives no place. A folder in the container's own layer gets one by default; where an anonymous volume " +
		"may hold data already it stays off, since the new volume starts with what the image has there.",
	Breaks: "The service starts with an empty volume, or the image's files: data from before has to be copied.",
	Detect: detectDataLost,
}

func detectDataLost(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	taken := map[string]bool{}
	for name := range d.Project.Model.Volumes {
		taken[name] = true
	}
	for _, s := range containers(d) {
		out = append(out, anonymousMounts(d, s, taken)...)
		for _, folder := range declaredData(s) {
			if hasMount(s, folder) {
				continue
			}
			f := plan.Finding{Service: s.Name, Key: folder, Severity: plan.Low, At: written(d, s, "volumes"),
				Message: "keeps " + plain(folder) + " in a volume without a name",
				Fix:     &plan.Fix{Off: true, Notes: []string{"what an anonymous volume holds already has to be copied to the new one"}}}
			nameVolume(d, s, &f, folder, taken)
			out = append(out, f)
		}
		for _, folder := range recordedData(d, s) {
			f := plan.Finding{Service: s.Name, Key: folder, At: written(d, s, "volumes"),
				Message:  "loses what it writes to " + plain(folder) + " with its container",
				Evidence: []plan.Evidence{{From: plan.FromRecording, Text: wroteText(d.Profile(s.Name), []string{wroteBelow(d.Profile(s.Name), folder)})}},
				Fix:      &plan.Fix{Notes: []string{"what the present container holds there has to be copied before it is replaced"}}}
			if user := startsAs(d, s); user.nonRoot() && !inImage(s, folder) {
				f.Fix.Off = true
				f.Fix.Risk = "the image has no such folder: a new volume belongs to root, and the service is another user"
			}
			nameVolume(d, s, &f, folder, taken)
			out = append(out, f)
		}
	}
	return out
}

func inImage(s project.Service, folder string) bool {
	if s.Facts == nil {
		return false
	}
	_, e, ok := s.Facts.Files.Resolve(folder)
	return ok && e.Folder
}

// nameVolume completes a finding with the volume that it proposes.
func nameVolume(d *plan.Draft, s project.Service, f *plan.Finding, folder string, taken map[string]bool) {
	name := volumeName(s.Name, folder, taken)
	if chosen := d.Value("B011", s.Name, f.Key); chosen != "" {
		if name = chosen; !volumeForm.MatchString(chosen) {
			f.Fix.Summary = "keep it in a named volume"
			f.Fix.Blocked = "batten.yaml: a volume's name is letters, digits, dots, dashes and underscores"
			return
		}
		f.Fix.Off = false
	}
	taken[name] = true
	f.Fix.Value = name
	f.Fix.Summary = "keep " + plain(folder) + " in the volume " + name
	if strings.ContainsAny(folder, ":$,") {
		f.Fix.Blocked = "a path with such characters cannot be written in the short form: add it by hand"
		return
	}
	f.Fix.Changes = []plan.Change{
		plan.AddItem(s.Name, "volumes", name+":"+folder, ""),
		{Op: plan.Set, Path: project.Path{"volumes", name}, Value: plan.Map{}},
	}
}

var (
	volumeForm = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$`)
	notInName  = regexp.MustCompile(`[^a-zA-Z0-9_.-]+`)
)

// volumeName makes a name from the service and the end of the path, with as much of
// it as makes the name new.
func volumeName(service, folder string, taken map[string]bool) string {
	parts := strings.Split(strings.Trim(folder, "/"), "/")
	name := service
	for i := len(parts) - 1; i >= 0; i-- {
		name = notInName.ReplaceAllString(service+"-"+strings.Join(parts[i:], "-"), "-")
		if !taken[name] {
			return name
		}
	}
	for taken[name] {
		name += "-2"
	}
	return name
}

// anonymousMounts are mounts of the file that name a path alone.
func anonymousMounts(d *plan.Draft, s project.Service, taken map[string]bool) []plan.Finding {
	var out []plan.Finding
	data := declaredData(s)
	for _, m := range mountsOf(d, s) {
		// Paths without a name are also used to keep a bind from hiding a folder of the
		// image, such as node_modules: those are no data.
		if m.Type != project.MountVolume || m.Source != "" || !slices.Contains(data, path.Clean(m.Target)) {
			continue
		}
		f := plan.Finding{Service: s.Name, Key: m.Target, Severity: plan.Low, At: m.place(d, s),
			Message: "keeps " + plain(m.Target) + " in a volume without a name",
			Fix:     &plan.Fix{Off: true, Notes: []string{"what the anonymous volume holds already has to be copied to the new one"}}}
		nameVolume(d, s, &f, m.Target, taken)
		switch {
		case f.Fix.Blocked != "":
		case m.at == nil || m.at.Text == "":
			f.Fix.Blocked, f.Fix.Changes = elsewhere, nil
		default:
			f.Fix.Changes[0] = plan.ReplaceAt(*m.at, f.Fix.Value+":"+m.Target)
		}
		out = append(out, f)
	}
	return out
}

// declaredData are the paths that a service's image declares as volumes, or that are
// known to hold its data, sorted.
func declaredData(s project.Service) []string {
	var out []string
	if s.Facts != nil {
		for _, v := range s.Facts.Volumes {
			out = append(out, path.Clean(v))
		}
	} else if facts, ok := knownImage(s); ok {
		out = slices.Clone(facts.Volumes)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// recordedData are the folders of a service's own layer that were written and look
// like data, sorted: one for each program, the deepest that all its data is in.
func recordedData(d *plan.Draft, s project.Service) []string {
	p := d.Profile(s.Name)
	if !sawFiles(p) {
		return nil
	}
	common := map[string]string{}
	for _, f := range p.Changed() {
		if !inLayer(s, f) || !looksLikeData(f.Path) {
			continue
		}
		of, dir := dataOf(f.Path), path.Dir(f.Path)
		if f.Folder && !slices.Contains(f.Access, profiles.AccessCreate) {
			dir = f.Path
		}
		if old, ok := common[of]; ok {
			for dir != of && !under(old, dir) {
				dir = path.Dir(dir)
			}
		}
		common[of] = dir
	}
	var out []string
	for of, dir := range common {
		for under(dir, of) && dir != of && !inImage(s, dir) {
			dir = path.Dir(dir)
		}
		if !under(dir, of) {
			dir = of
		}
		out = append(out, dir)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// inLayer tells whether a path was written in the container's own layer.
func inLayer(s project.Service, f profiles.File) bool {
	if !f.Changes() || f.Mount != profiles.MountRoot && f.Mount != "" || hasMount(s, f.Path) || underLinkedMount(s, f.Path) {
		return false
	}
	for _, kernel := range []string{"/proc", "/sys", "/dev"} {
		if under(f.Path, kernel) {
			return false
		}
	}
	return s.Facts == nil || !slices.ContainsFunc(s.Facts.Volumes, func(v string) bool { return under(f.Path, v) })
}

// underLinkedMount tells whether a path lies on a mount whose place a link of the
// image leads to: recordings have links resolved.
func underLinkedMount(s project.Service, p string) bool {
	on := func(target string) bool {
		return slices.ContainsFunc(spellings(s, target)[1:], func(real string) bool { return under(p, real) })
	}
	return slices.ContainsFunc(s.Config.Volumes, func(v project.MountConfig) bool { return on(v.Target) }) ||
		slices.ContainsFunc(s.Config.Tmpfs, func(t string) bool {
			target, _, _ := strings.Cut(t, ":")
			return on(target)
		})
}

// dataFolders are where programs keep what is to stay: all in the folder, or each
// program in one below it.
var dataFolders = map[string]bool{
	"/data": false, "/config": false, "/var/www": false, "/var/mail": false, "/var/backups": false,
	"/var/lib": true, "/srv": true, "/var/opt": true,
}

// scratchFolders are below those and hold nothing that is to stay.
var scratchFolders = []string{"/var/lib/nginx", "/var/lib/php/sessions", "/var/lib/haproxy", "/var/lib/systemd"}

// scratchWords are folders whose name says that they are temporary.
var scratchWords = []string{"tmp", "temp", "cache", ".cache", "run", "lock", "locks", "sessions"}

func looksLikeData(p string) bool {
	return dataOf(p) != "" && !slices.ContainsFunc(scratchFolders, func(f string) bool { return under(p, f) }) &&
		!slices.ContainsFunc(strings.Split(p, "/"), func(part string) bool { return slices.Contains(scratchWords, part) })
}

// dataOf is the folder that holds a program's data, of which a path is part; "" when
// it is of none.
func dataOf(p string) string {
	for folder, one := range dataFolders {
		rest, ok := strings.CutPrefix(p, folder+"/")
		switch program, _, below := strings.Cut(rest, "/"); {
		case !ok:
		case one && below:
			return folder + "/" + program
		default:
			return folder
		}
	}
	return ""
}
