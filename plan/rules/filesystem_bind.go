package rules

import (
	"path"
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

var readOnlyBind = plan.Rule{
	ID:       "B036",
	Title:    "Folders of the host that are only read are mounted read-only",
	Topic:    "filesystem",
	Severity: plan.Low,
	Class:    plan.Choice,
	Needs:    []plan.Need{plan.NeedCompose, plan.NeedTrace},
	Sources:  []plan.Source{{Name: plan.OWASP, Item: "RULE #8"}, {Name: plan.CIS, Item: "5.6"}},
	Why: "What a service can write in a folder of the host, whoever takes the service over can change, too: a configuration " +
		"that is read at the next start, a script that the host runs, a page that is served to others. Such a change outlives the container.",
	Fix: "Adds ro to binds that were not written while the service was recorded. For a single configuration file, and for " +
		"what lies in /etc of the container, it is on by default; else it is yours to choose, because a recording is a " +
		"sample: a file that is written once a month is not in it.",
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
			if m.Type != project.MountBind || m.ReadOnly || isSocket(m) || sensitive(m.Source) != nil || wroteBelow(p, m.Target) != "" {
				continue
			}
			out = append(out, plan.Finding{
				Service: s.Name, Key: m.Target, Message: "may write to " + plain(d.Project.Display(m.Source)) + " of the host, and was not seen to",
				At:       m.place(d, s),
				Evidence: []plan.Evidence{{From: plan.FromRecording, Text: "nothing was written below " + plain(m.Target)}},
				Fix:      readOnlyFix(m, !isConfiguration(m)),
			})
		}
	}
	return out
}

// readOnlyFix makes a mount read-only, off unless chosen or not.
func readOnlyFix(m mount, off bool) *plan.Fix {
	fix := &plan.Fix{Summary: "mount " + plain(m.Target) + " read-only", Off: off}
	changes, ok := m.readOnly()
	if !ok {
		fix.Blocked = elsewhere
		return fix
	}
	fix.Changes = changes
	if off {
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
