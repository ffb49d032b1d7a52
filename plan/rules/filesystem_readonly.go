package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

var readOnlyRoot = plan.Rule{
	ID:       "B008",
	Title:    "The root file system is read-only",
	Topic:    "filesystem",
	Severity: plan.Low,
	Class:    plan.Measured,
	Needs:    []plan.Need{plan.NeedCompose},
	Sources: []plan.Source{
		{Name: plan.CIS, Item: "5.13"}, {Name: plan.OWASP, Item: "RULE #8"}, {Name: plan.GuideTips, Item: "tip 26"}, {Name: plan.GuideCourse},
	},
	Why: "In a writable root an attacker replaces programs, leaves a back door in a start script, and has room for tools. " +
		"With a read-only root he can write only where the service has to, and nothing that is put there may be executed.",
	Fix: "Sets read_only: true and a tmpfs, with noexec, nosuid, nodev and a size, for each folder that was seen to be written: the deepest " +
		"folder of the image that holds the path, with that folder's owner and mode. A folder in which the image has files of " +
		"its own is not covered, since they would be hidden, except /run and /tmp, which nobody may count on; data goes to a volume first (B011). Without a recording " +
		"the folders of a tested image are taken.",
	Breaks: "A write to anywhere else fails with \"read-only file system\". What is in a tmpfs is gone when the container stops, " +
		"and counts as its memory.",
	Detect: detectReadOnlyRoot,
}

func detectReadOnlyRoot(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		if s.Config.ReadOnly {
			continue
		}
		f := plan.Finding{Service: s.Name, Message: "its root file system is writable", At: written(d, s, "read_only")}
		w := writableOf(d, s)
		f.Evidence = w.evidence
		f.Fix = w.fix(d, s)
		out = append(out, f)
	}
	return out
}

// fix makes the root read-only and what has to be writable a tmpfs.
func (w *writable) fix(d *plan.Draft, s project.Service) *plan.Fix {
	fix := &plan.Fix{Summary: "make the root file system read-only", Blocked: w.blocked, Measure: w.measure}
	if w.blocked != "" {
		return fix
	}
	var names []string
	fix.Changes = []plan.Change{plan.SetService(s.Name, true, "read_only")}
	for _, t := range w.scratch {
		name := t.path
		if t.exec {
			name += ":exec"
		}
		names = append(names, name)
		fix.Changes = append(fix.Changes, t.change(d, s))
	}
	fix.Value = strings.Join(names, ",")
	if len(names) > 0 {
		fix.Summary += ", with a tmpfs on " + strings.Join(names, ", ")
		fix.Notes = append(fix.Notes, "nobody measured how full a tmpfs gets: 64 MiB is allowed, 16 MiB below /run")
	}
	fix.Notes = append(fix.Notes, w.notes...)
	fix.Off, fix.Risk = w.off, w.risk
	return fix
}

// scratch is a folder that becomes a tmpfs.
type scratch struct {
	path     string
	uid, gid int
	mode     uint32
	owned    bool // uid, gid and mode are to be written; else the engine takes the image's
	exec     bool
}

// change adds the tmpfs in the form that the target reads: a stack ignores the
// service's tmpfs, and its long form knows a size alone.
func (t scratch) change(d *plan.Draft, s project.Service) plan.Change {
	if d.Target == plan.TargetSwarm {
		return plan.Change{Op: plan.Add, Path: project.Path{"services", s.Name, "volumes"}, Value: tmpfsMount(t.path, sizeBytes(scratchSize(t.path)))}
	}
	return plan.AddItem(s.Name, "tmpfs", t.text(), "")
}

func tmpfsMount(target string, size int64) plan.Map {
	return plan.Map{
		{Key: "type", Value: "tmpfs"}, {Key: "target", Value: target},
		{Key: "tmpfs", Value: plan.Map{{Key: "size", Value: size}}},
	}
}

func (t scratch) text() string {
	options := []string{"rw", "noexec", "nosuid", "nodev", "size=" + scratchSize(t.path)}
	if t.exec {
		options[1] = "exec"
	}
	if t.owned {
		if t.uid != 0 || t.gid != 0 {
			options = append(options, owner(t.uid, t.gid)...)
		}
		options = append(options, fmt.Sprintf("mode=%04o", t.mode))
	}
	return t.path + ":" + strings.Join(options, ",")
}

// chosenScratch reads the user's list: "/run,/tmp:exec".
func chosenScratch(text string) ([]scratch, bool) {
	var out []scratch
	for _, one := range strings.Split(text, ",") {
		target, option, _ := strings.Cut(strings.TrimSpace(one), ":")
		if !usablePath(target) || option != "" && option != "exec" {
			return nil, false
		}
		out = append(out, scratch{path: target, exec: option == "exec"})
	}
	return out, true
}

// usablePath tells whether a path can stand in the short form of a tmpfs: clean,
// absolute, not the root, and without what ends it there.
func usablePath(p string) bool {
	return len(p) > 1 && p[0] == '/' && path.Clean(p) == p && !slices.ContainsFunc([]rune(p), func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`:,$"'\`, r)
	})
}
