package rules

import (
	"fmt"
	"slices"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

const (
	setuid = 0o4000
	setgid = 0o2000
)

// lifting are the files of an image that give whoever executes them more rights
// than he has.
func lifting(files *project.ImageFiles, keep func(project.FileEntry) bool) []string {
	var out []string
	for path, e := range files.Entries {
		if !e.Folder && e.Link == "" && keep(e) {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

// capable are the programs with file capabilities.
func capable(files *project.ImageFiles) []string {
	return lifting(files, hasCaps)
}

func hasCaps(e project.FileEntry) bool { return e.Caps }

// switching are the programs with a set-user-ID or set-group-ID bit that somebody
// may execute.
func switching(files *project.ImageFiles) []string {
	return lifting(files, switches)
}

func switches(e project.FileEntry) bool { return e.Mode&(setuid|setgid) != 0 && e.Mode&0o111 != 0 }

func lifts(e project.FileEntry) bool { return hasCaps(e) || switches(e) }

// executed are the files of the image that a recording saw executed by the service
// or by a command in it, of those that keep names.
func executed(p *profiles.Profile, files *project.ImageFiles, keep func(project.FileEntry) bool) []string {
	var out []string
	if p == nil {
		return nil
	}
	for _, ran := range p.Programs {
		path, e, ok := files.Resolve(ran.Path)
		if ok && ran.Part != profiles.PartRuntime && !e.Folder && keep(e) {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// some names at most ten.
func some(paths []string) string {
	const most = 10
	shown := make([]string, 0, most)
	for _, path := range paths[:min(len(paths), most)] {
		shown = append(shown, plain(path))
	}
	text := strings.Join(shown, ", ")
	if more := len(paths) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func detectLifting(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		if s.Facts == nil || s.Facts.Files == nil {
			continue
		}
		files := s.Facts.Files
		bits, caps := switching(files), capable(files)
		if len(bits)+len(caps) == 0 {
			continue
		}
		f := plan.Finding{Service: s.Name, At: written(d, s), Message: fmt.Sprintf("its image has %d %s that lift the rights of whoever executes them",
			len(bits)+len(caps), plural(len(bits)+len(caps), "program"))}
		if len(bits) > 0 {
			f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromImage, Text: "set-user-ID or set-group-ID: " + some(bits)})
		}
		if len(caps) > 0 {
			f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromImage, Text: "file capabilities: " + some(caps)})
		}
		if ran := executed(d.Profile(s.Name), files, lifts); len(ran) > 0 {
			f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromRecording, Text: "executed: " + some(ran)})
		}
		out = append(out, f)
	}
	return out
}
