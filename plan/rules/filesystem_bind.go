package rules

import (
	"path"
	"slices"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

var readOnlyBind = plan.Rule{
	ID:       "B036",
	Title:    "What is only read of binds and volumes is mounted read-only",
	Topic:    "filesystem",
	Severity: plan.Low,
	Class:    plan.Measured,
	Needs:    []plan.Need{plan.NeedCompose, plan.NeedTrace},
	Sources:  []plan.Source{{Name: plan.OWASP, Item: "RULE #8"}, {Name: plan.CIS, Item: "5.6"}},
	Why: "What a service can write in a folder of the host, whoever takes the service over can change, too: a configuration " +
		"that is read at the next start, a script that the host runs, a page that is served to others. Such a change outlives the container.",
	Fix: "Adds ro to binds that were not written while the service was recorded, and to volumes of one service where each access was " +
		"recorded. Where the recording is only a sample it is on by default for a single configuration file and for " +
		"what lies in /etc of the container; else it is yours to choose. A volume that is made for data of the service stays " +
		"writable unless chosen: what a service keeps is often written at its end, or at the first start alone.",
	Breaks: "A write fails with \"read-only file system\". Some entry points change the owner of what is mounted at each start.",
	Detect: detectReadOnlyBind,
}

func detectReadOnlyBind(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		p := d.Profile(s.Name)
		if !sawFiles(p) {
			continue
		}
		for _, m := range mountsOf(d, s) {
			if m.ReadOnly || isSocket(m) || wroteBelow(p, spellings(s, m.Target)...) != "" {
				continue
			}
			f := plan.Finding{Service: s.Name, Key: m.Target, At: m.place(d, s), Evidence: []plan.Evidence{nothingBelow(p, m.Target)}}
			switch {
			case m.Type == project.MountBind && sensitive(m.Source) == nil:
				f.Message = "may write to " + plain(d.Project.Display(m.Source)) + " of the host, and was not seen to"
				f.Fix = readOnlyFix(p, m, !recordedFiles(p) && !isConfiguration(m))
			case m.Type == project.MountVolume && m.Source != "" && recordedFiles(p) && !sharedByMany(d, m.Source):
				f.Message = "may write to the volume " + plain(m.Source) + ", and was not seen to"
				f.Fix = readOnlyFix(p, m, keepsData(s, m))
			default:
				continue
			}
			out = append(out, f)
		}
	}
	return out
}

// sharedByMany tells whether several services can write a volume, for which B039 is.
func sharedByMany(d *plan.Draft, volume string) bool {
	n := 0
	for _, s := range containers(d) {
		if slices.ContainsFunc(s.Config.Volumes, func(v project.MountConfig) bool {
			return v.Type == project.MountVolume && v.Source == volume && !v.ReadOnly
		}) {
			n++
		}
	}
	return n > 1
}

// keepsData tells whether a mount is for data of the service: where its image wants a
// volume, or where programs keep what is to stay.
func keepsData(s project.Service, m mount) bool {
	return looksLikeData(m.Target) || slices.ContainsFunc(declaredData(s), func(v string) bool { return under(m.Target, v) || under(v, m.Target) })
}

// readOnlyFix makes a mount read-only, off unless chosen or not.
func readOnlyFix(p *profiles.Profile, m mount, off bool) *plan.Fix {
	fix := &plan.Fix{Summary: "mount " + plain(m.Target) + " read-only", Off: off}
	changes, ok := m.readOnly()
	if !ok {
		fix.Blocked = elsewhere
		return fix
	}
	fix.Changes = changes
	switch {
	case recordedFiles(p):
		fix.Risk = seldom(p, "a write")
	case off:
		fix.Risk = "a recording is a sample: what is written seldom is not in it"
	}
	return fix
}

// isSocket tells of a Unix socket, for which read-only means nothing: B001 judges
// those.
func isSocket(m mount) bool { return strings.HasSuffix(m.Source, ".sock") }

// configurations are ends of names of files that programs read and people write.
var configurations = []string{
	".conf", ".cnf", ".cfg", ".ini", ".yml", ".yaml", ".json", ".toml", ".xml", ".properties", ".env", ".rules",
	".pem", ".crt", ".cert", ".key", ".sql", ".sh", ".lua", ".tmpl", ".template",
}

// configurationFolders are read at the start, by convention of the images that have
// them.
var configurationFolders = []string{"/etc", "/docker-entrypoint-initdb.d", "/docker-entrypoint.d", "/usr/local/etc"}

func isConfiguration(m mount) bool {
	return slices.Contains(configurations, strings.ToLower(path.Ext(m.Source))) ||
		slices.ContainsFunc(configurationFolders, func(f string) bool { return under(m.Target, f) })
}
