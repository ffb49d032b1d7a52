package rules

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// writable is what has to stay writable when a service's root is read-only.
type writable struct {
	scratch  []scratch // sorted by path
	evidence []plan.Evidence
	notes    []string
	off      bool
	risk     string
	blocked  string
	measure  string
}

// writableOf finds out from the user's word, the recording or the image facts, in
// this order, what has to be writable.
func writableOf(d *plan.Draft, s project.Service) *writable {
	w := &writable{}
	p := d.Profile(s.Name)
	facts, known := knownImage(s)
	tested := known && facts.ReadOnly != nil && *facts.ReadOnly && facts.Tmpfs != nil
	chosen := d.Value("B008", s.Name, "")
	switch {
	case chosen != "":
		list, ok := chosenScratch(chosen)
		if !ok {
			w.blocked = "batten.yaml: the value is no list of folders: write /run,/tmp:exec"
			return w
		}
		w.scratch = w.owners(d, s, list)
		w.evidence = []plan.Evidence{{From: plan.FromSettings, Text: "writable: " + plain(chosen)}}
	case sawFiles(p):
		w.measured(d, s, p)
		w.risk = seldom(p, "a write")
		if w.blocked != "" && tested && facts.Tested {
			w.notes = append(w.notes, w.blocked+": the tested image does without")
			w.blocked = ""
			w.fromFacts(d, s, facts)
		}
	case known && facts.ReadOnly != nil && !*facts.ReadOnly:
		w.blocked = "this image is known not to work with a read-only root"
	case tested:
		w.fromFacts(d, s, facts)
		if w.off = !facts.Tested; w.off {
			w.measure = plan.MeasureCommand(s.Name)
			w.risk = "it was tested with another version of the image"
		} else if other := otherwiseStarted(s); other != "" {
			w.off, w.measure, w.risk = true, plan.MeasureCommand(s.Name), other
		}
	default:
		w.blocked = "which files it writes was not measured"
		w.measure = plan.MeasureCommand(s.Name)
	}
	return w
}

// fromFacts adds the folders that are known for the image.
func (w *writable) fromFacts(d *plan.Draft, s project.Service, facts profiles.ImageFacts) {
	w.evidence = append(w.evidence, plan.Evidence{From: plan.FromFacts, Text: facts.Image + " works with a read-only root and a tmpfs on: " + listed(facts.Tmpfs)})
	var list []scratch
	for _, text := range facts.Tmpfs {
		target, exec := strings.CutSuffix(text, ":exec")
		if s.Facts != nil {
			if real, _, ok := s.Facts.Files.Resolve(target); ok {
				target = real
			}
		}
		already := slices.ContainsFunc(w.scratch, func(t scratch) bool { return t.path == target })
		if !already && !hasMount(s, target) {
			list = append(list, scratch{path: target, exec: exec})
		}
	}
	w.scratch = append(w.scratch, w.owners(d, s, list)...)
	slices.SortFunc(w.scratch, func(a, b scratch) int { return cmp.Compare(a.path, b.path) })
}

// layer is a service's root file system while its writable folders are chosen.
type layer struct {
	draft   *plan.Draft
	service project.Service
	profile *profiles.Profile
	files   *project.ImageFiles // nil when not known
	made    map[string]bool     // folders that the service makes itself
}

// measured chooses the folders for what was written, or says what stands in the way.
func (w *writable) measured(d *plan.Draft, s project.Service, p *profiles.Profile) {
	l := layer{draft: d, service: s, profile: p, made: map[string]bool{}}
	if s.Facts != nil {
		l.files = s.Facts.Files
	}
	for _, f := range p.Changed() {
		if f.Folder && slices.Contains(f.Access, profiles.AccessCreate) {
			l.made[f.Path] = true
		}
	}
	wrote := map[string][]string{} // by folder
	for _, f := range p.Changed() {
		if !inLayer(s, f) || l.keptAsData(f.Path) {
			continue
		}
		folder, obstacle := l.folderFor(f)
		if obstacle != "" {
			w.blocked = cmp.Or(w.blocked, obstacle)
			continue
		}
		wrote[folder] = append(wrote[folder], f.Path)
	}
	l.merge(wrote)
	l.group(wrote)
	var list []scratch
	for _, folder := range slices.Sorted(maps.Keys(wrote)) {
		w.evidence = append(w.evidence, plan.Evidence{From: plan.FromRecording, Text: wroteText(p, wrote[folder])})
		list = append(list, scratch{path: folder})
		if hidden := l.hidden(folder, wrote); len(hidden) > 0 {
			w.notes = append(w.notes, "what the image has there is hidden: "+some(hidden))
		}
	}
	if len(wrote) == 0 && w.blocked == "" {
		w.evidence = append(w.evidence, plan.Evidence{From: plan.FromRecording, Text: "nothing was written in the root file system" + throughout(p)})
	}
	w.scratch = w.owners(d, s, list)
}

// keptAsData tells whether B011 gives a path a volume.
func (l *layer) keptAsData(p string) bool {
	for dir := p; dir != "/"; dir = path.Dir(dir) {
		if l.draft.Applied("B011", l.service.Name, dir) {
			return true
		}
	}
	return false
}

// there tells whether a folder exists before the service makes anything.
func (l *layer) there(folder string) bool {
	if l.files != nil {
		_, e, ok := l.files.Resolve(folder)
		return ok && e.Folder
	}
	return !l.made[folder]
}

func (l *layer) below(folder string) (any, foldersOnly bool) {
	if l.files == nil {
		return false, true
	}
	return l.files.Below(folder)
}

// hidden are folders of the image below one that becomes a tmpfs, sorted, without
// those that become one themselves or are a mount.
func (l *layer) hidden(folder string, wrote map[string][]string) []string {
	var out []string
	if l.files == nil {
		return nil
	}
	for p := range l.files.Entries {
		if _, own := wrote[p]; !own && p != folder && under(p, folder) && !hasMount(l.service, p) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

// safe are folders in which an image has nothing that a service needs, as far as one
// can tell without looking into it.
var safe = []string{"/tmp", "/var/tmp", "/run", "/var/run", "/var/cache", "/var/log"}

// volatile are folders whose content nobody may count on at the next start
// (Filesystem Hierarchy Standard 3.0, 3.15 and 3.18): what an image has in them is
// left over from building it.
var volatile = []string{"/run", "/tmp"}

// folderFor is the folder that has to be a tmpfs for a path to be writable: the
// deepest that is there before the service starts, unless the image has files in it,
// which would be hidden; then the first below it that the service makes itself.
func (l *layer) folderFor(f profiles.File) (folder, obstacle string) {
	switch {
	case !usablePath(f.Path):
		return "", "it writes " + plain(f.Path) + ", a path that cannot be written in a compose file"
	case looksLikeData(f.Path):
		return "", "it writes " + plain(f.Path) + ", which looks like data: give it a volume first (B011)"
	}
	dir := path.Dir(f.Path)
	if f.Folder && l.there(f.Path) && !slices.Contains(f.Access, profiles.AccessCreate) && !slices.Contains(f.Access, profiles.AccessRemove) {
		dir = f.Path
	}
	next := f.Path // the child of dir on the way to the path
	for dir != "/" && !l.there(dir) {
		dir, next = path.Dir(dir), dir
	}
	any, foldersOnly := l.below(dir)
	covered := func(f string) bool { return under(dir, f) }
	switch own := next != f.Path || dir != f.Path && l.made[f.Path]; {
	case l.files == nil && (under(dir, "/tmp") || under(dir, "/var/tmp")):
		return strings.TrimSuffix(dir[:strings.Index(dir, "tmp")+len("tmp")], "/"), ""
	case l.files == nil && slices.ContainsFunc(safe, covered):
		return dir, ""
	case l.files != nil && (!any || foldersOnly || slices.Contains(volatile, dir)) && !slices.Contains(systemFolders, dir):
		return dir, ""
	case own:
		return next, ""
	case l.files == nil:
		return "", "it writes " + plain(f.Path) + ", and it is not known what the image has in that folder: a tmpfs would hide it"
	}
	return "", "it writes " + plain(f.Path) + " into a folder where the image has files of its own, which a tmpfs would hide: let it write elsewhere, or mount a volume there"
}

// systemFolders hold the system's own files in every image.
var systemFolders = []string{
	"/", "/bin", "/boot", "/etc", "/home", "/lib", "/lib64", "/opt", "/root", "/sbin", "/srv", "/usr", "/usr/bin", "/usr/lib", "/usr/local",
	"/usr/local/bin", "/usr/sbin", "/usr/share", "/var", "/var/lib", "/var/cache",
}

// merge takes folders away that the service makes itself inside another one.
func (l *layer) merge(wrote map[string][]string) {
	for _, inner := range slices.Sorted(maps.Keys(wrote)) {
		if l.there(inner) {
			continue // the image's folder would be hidden, and its owner with it
		}
		for outer := path.Dir(inner); outer != "/"; outer = path.Dir(outer) {
			if _, ok := wrote[outer]; ok {
				wrote[outer] = append(wrote[outer], wrote[inner]...)
				delete(wrote, inner)
				break
			}
		}
	}
}

// siblings is how many folders beside each other are better made one.
const siblings = 3

// group puts one tmpfs in place of several folders beside each other that the
// service makes itself, where the image has no files.
func (l *layer) group(wrote map[string][]string) {
	beside := map[string][]string{}
	for _, folder := range slices.Sorted(maps.Keys(wrote)) {
		if parent := path.Dir(folder); !l.there(folder) {
			beside[parent] = append(beside[parent], folder)
		}
	}
	for _, parent := range slices.Sorted(maps.Keys(beside)) {
		_, foldersOnly := l.below(parent)
		if len(beside[parent]) < siblings || !foldersOnly || l.files == nil || !l.there(parent) || slices.Contains(systemFolders, parent) {
			continue
		}
		for _, folder := range beside[parent] {
			wrote[parent] = append(wrote[parent], wrote[folder]...)
			delete(wrote, folder)
		}
	}
}
