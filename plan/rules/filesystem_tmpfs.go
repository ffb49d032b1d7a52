package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

var tmpfsOptions = plan.Rule{
	ID:       "B009",
	Title:    "A tmpfs is bounded and holds no programs",
	Topic:    "filesystem",
	Severity: plan.Low,
	Class:    plan.Certain,
	Sources:  []plan.Source{{Name: plan.OWASP, Item: "RULE #8"}, {Name: plan.DockerDocs, Item: "tmpfs mounts"}},
	Why: "A tmpfs without a size may fill half of the machine's memory. One that allows exec is where an attacker, for whom the " +
		"rest of a read-only container is closed, puts a program and starts it; suid and dev make that worse.",
	Fix: "Writes out noexec, nosuid and nodev, and a size: 64 MiB, or 16 MiB for what is below /run. An exec that the recording shows " +
		"to be needed stays; one that nobody measured is yours to take away.",
	Breaks: "\"No space left on device\" when the size is too small, \"permission denied\" when a program is executed from there.",
	Detect: detectTmpfsOptions,
}

var tmpfsOwner = plan.Rule{
	ID:       "B010",
	Title:    "A tmpfs belongs to the user who writes to it",
	Topic:    "filesystem",
	Severity: plan.Medium,
	Class:    plan.Certain,
	Needs:    []plan.Need{plan.NeedCompose, plan.NeedImage},
	Sources:  []plan.Source{{Name: plan.OWASP, Item: "RULE #2"}, {Name: plan.DockerDocs, Item: "tmpfs mounts"}},
	Why: "A tmpfs over a folder of the image takes that folder's owner and mode. A service that does not run as root then cannot write " +
		"to the very place that was made writable for it, and the usual way out is to run it as root again.",
	Fix:    "Adds uid= and gid= of the service's user to the tmpfs.",
	Breaks: "",
	Detect: detectTmpfsOwner,
}

// tmpfsItem is one entry of a service's tmpfs as it is written.
type tmpfsItem struct {
	at      project.Written
	target  string
	options []string
}

// tmpfsItems are the entries whose text is plain. For a stack they do not count: it
// ignores them, and B056 puts mounts in their place.
func tmpfsItems(d *plan.Draft, s project.Service) []tmpfsItem {
	var out []tmpfsItem
	if d.Target == plan.TargetSwarm {
		return nil
	}
	for _, w := range d.Project.Items("services", s.Name, "tmpfs") {
		parts := splitOutside(w.Text, ':')
		if w.Node.Kind != yaml.ScalarNode || len(parts) > 2 || !strings.HasPrefix(parts[0], "/") || strings.Contains(w.Text, "$") {
			continue
		}
		item := tmpfsItem{at: w, target: parts[0]}
		if len(parts) == 2 && parts[1] != "" {
			item.options = strings.Split(parts[1], ",")
		}
		out = append(out, item)
	}
	return out
}

func (t tmpfsItem) has(name string) bool {
	return slices.ContainsFunc(t.options, func(o string) bool { return o == name || strings.HasPrefix(o, name+"=") })
}

// bounded are the options with noexec, nosuid, nodev and a size.
func (t tmpfsItem) bounded(exec bool) []string {
	out := slices.DeleteFunc(slices.Clone(t.options), func(o string) bool {
		return o == "suid" || o == "dev" || o == "exec" && !exec
	})
	for _, flag := range []string{"noexec", "nosuid", "nodev"} {
		if !slices.Contains(out, flag) && !(exec && flag == "noexec") {
			out = append(out, flag)
		}
	}
	if !t.has("size") {
		out = append(out, "size="+scratchSize(t.target))
	}
	return out
}

func (t tmpfsItem) text(options []string) string { return t.target + ":" + strings.Join(options, ",") }

// runsFrom is a program that was executed below a folder, "" for none.
func runsFrom(p *profiles.Profile, folder string) string {
	if p != nil {
		for _, program := range p.Programs {
			if under(program.Path, folder) && program.Part != profiles.PartRuntime {
				return program.Path
			}
		}
	}
	return ""
}

// knownToExecute tells whether a service's image is known to run programs from there.
func knownToExecute(s project.Service, folder string) bool {
	facts, _ := knownImage(s)
	return slices.Contains(facts.Tmpfs, folder+":exec")
}

func detectTmpfsOptions(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		p := d.Profile(s.Name)
		for _, t := range tmpfsItems(d, s) {
			exec := t.has("exec") && (runsFrom(p, t.target) != "" || knownToExecute(s, t.target))
			options := t.bounded(exec)
			if slices.Equal(options, t.options) || d.Applied("B010", s.Name, t.target) {
				continue
			}
			f := plan.Finding{Service: s.Name, Key: t.target, At: []plan.Position{plan.PositionOf(d.Project, t.at)},
				Message: "the tmpfs " + plain(t.target) + " " + t.trouble(exec)}
			f.Fix = &plan.Fix{Summary: "bound it: " + strings.Join(options, ","), Changes: []plan.Change{plan.ReplaceAt(t.at, t.text(options))}}
			if t.has("exec") && !exec {
				f.Fix.Off = !sawFiles(p)
				f.Fix.Risk = "somebody allowed exec here, and may have had a reason"
			}
			out = append(out, f)
		}
		out = append(out, unboundedMounts(d, s)...)
	}
	return out
}

func (t tmpfsItem) trouble(exec bool) string {
	for _, flag := range []string{"exec", "suid", "dev"} {
		if t.has(flag) && !(exec && flag == "exec") {
			return "allows " + flag
		}
	}
	if !t.has("size") {
		return "may fill half of the memory"
	}
	return "leaves noexec, nosuid or nodev to the engine's defaults"
}

// unboundedMounts are the tmpfs of the long form, which can say its size alone.
func unboundedMounts(d *plan.Draft, s project.Service) []plan.Finding {
	var out []plan.Finding
	for _, m := range mountsOf(d, s) {
		if m.Type != project.MountTmpfs || m.Tmpfs != nil && m.Tmpfs.Size > 0 {
			continue
		}
		f := plan.Finding{Service: s.Name, Key: m.Target, At: m.place(d, s),
			Message: "the tmpfs " + plain(m.Target) + " may fill half of the memory", Fix: &plan.Fix{Summary: "bound it to " + scratchSize(m.Target)}}
		changes, ok := []plan.Change(nil), false
		if m.at != nil {
			changes, ok = setInItem(*m.at, sizeBytes(scratchSize(m.Target)), "tmpfs", "size")
		}
		if f.Fix.Changes = changes; !ok {
			f.Fix.Blocked = elsewhere
		}
		out = append(out, f)
	}
	return out
}

func detectTmpfsOwner(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		user := startsAs(d, s)
		if !user.nonRoot() || s.Facts == nil || s.Facts.Files == nil {
			continue
		}
		for _, t := range tmpfsItems(d, s) {
			_, e, ok := s.Facts.Files.Resolve(t.target)
			if !ok || !e.Folder || t.has("uid") || t.has("mode") || writableFor(e, user.uid, user.gid) {
				continue
			}
			f := plan.Finding{Service: s.Name, Key: t.target, At: []plan.Position{plan.PositionOf(d.Project, t.at)},
				Message: fmt.Sprintf("the tmpfs %s belongs to uid %d with mode %04o, so that the service cannot write to it", plain(t.target), e.UID, e.Mode),
				Fix:     &plan.Fix{Summary: "give it to the service's user"}}
			f.Evidence = []plan.Evidence{user.evidence}
			if user.uid < 0 {
				f.Fix.Blocked = "the number of its user is not known"
				out = append(out, f)
				continue
			}
			// The other options come along, so that one edit of the line is enough.
			options := append(t.bounded(t.has("exec")), owner(user.uid, user.gid)...)
			f.Fix.Changes = []plan.Change{plan.ReplaceAt(t.at, t.text(options))}
			out = append(out, f)
		}
	}
	return out
}

// writableFor tells whether a user may make files in a folder.
func writableFor(e project.FileEntry, uid, gid int) bool {
	return e.UID == uid && e.Mode&0o200 != 0 || e.GID == gid && gid >= 0 && e.Mode&0o020 != 0 || e.Mode&0o002 != 0
}

func owner(uid, gid int) []string {
	out := []string{"uid=" + strconv.Itoa(uid)}
	if gid >= 0 {
		out = append(out, "gid="+strconv.Itoa(gid))
	}
	return out
}

// scratchSize is how large a tmpfs is made of which nobody measured how full it
// gets: room for work files, and less for sockets and process ids.
func scratchSize(target string) string {
	if under(target, "/run") || under(target, "/var/run") {
		return "16m"
	}
	return "64m"
}

func sizeBytes(size string) int64 {
	if size == "16m" {
		return 16 * mebi
	}
	return 64 * mebi
}
