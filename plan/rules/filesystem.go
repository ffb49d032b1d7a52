package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// Data finds its place before the root is made read-only, and a tmpfs its owner
// before its options.
var filesystemRules = []plan.Rule{
	dataLost, tmpfsOwner, tmpfsOptions, readOnlyRoot, sensitivePath, readOnlyBind, sharedPropagation, sharedVolume,
}

// sawFiles tells whether a recording shows which files a service wrote from its
// start on. Unless they were recorded (see [recordedFiles]) it is a sample: what was
// written and gone between two looks is missing.
func sawFiles(p *profiles.Profile) bool {
	if p == nil || !p.SeesFiles() && p.Resources == nil && len(p.Files)+len(p.Sockets)+len(p.Identities) == 0 {
		return false // recorded by something that does not look at files
	}
	return slices.ContainsFunc(p.Runs, func(r profiles.Run) bool { return r.StartupSeen })
}

// recordedFiles tells whether a run saw, from the start on, each access to a file as
// it happened, and nothing of that was lost: what is not there was not done.
func recordedFiles(p *profiles.Profile) bool {
	return p != nil && p.Loss.FilesComplete() &&
		slices.ContainsFunc(p.Runs, func(r profiles.Run) bool { return r.StartupSeen && r.SeesFiles() })
}

// recordedRuns is in how many runs files were recorded from the start on.
func recordedRuns(p *profiles.Profile) int {
	n := 0
	for _, r := range p.Runs {
		if r.StartupSeen && r.SeesFiles() {
			n++
		}
	}
	return n
}

// wroteBelow is the first path at or below a folder that was seen to be changed, ""
// for none. The folder has several names where links lead to it.
func wroteBelow(p *profiles.Profile, folder ...string) string {
	for _, f := range p.Changed() {
		if slices.ContainsFunc(folder, func(one string) bool { return under(f.Path, one) }) {
			return f.Path
		}
	}
	return ""
}

// spellings are a path as the file has it and as recordings do, which know where links
// lead: /var/run is a link to /run in most images.
func spellings(s project.Service, p string) []string {
	p = path.Clean("/" + p)
	out := []string{p}
	if s.Facts == nil || s.Facts.Files == nil {
		if rest, ok := strings.CutPrefix(p, "/var/run/"); ok {
			out = append(out, "/run/"+rest)
		}
		return out
	}
	for folder := p; folder != "/"; folder = path.Dir(folder) {
		if real, _, ok := s.Facts.Files.Resolve(folder); ok {
			if real = path.Join(real, strings.TrimPrefix(p, folder)); real != p {
				out = append(out, real)
			}
			break
		}
	}
	return out
}

// nothingBelow is the evidence that nothing was written below a folder.
func nothingBelow(p *profiles.Profile, folder string) plan.Evidence {
	text := "nothing was written below " + plain(folder)
	if recordedFiles(p) {
		n := recordedRuns(p)
		text = fmt.Sprintf("nothing wrote below %s while each access was recorded, in %d %s from the start on", plain(folder), n, plural(n, "run"))
	}
	return plan.Evidence{From: plan.FromRecording, Text: text}
}

// wroteText is the evidence of what was written, with the programs that did where
// that was recorded.
func wroteText(p *profiles.Profile, paths []string) string {
	paths = slices.Compact(slices.Sorted(slices.Values(paths)))
	text := "writes " + some(paths)
	var programs []string
	for _, f := range p.Changed() {
		if _, found := slices.BinarySearch(paths, f.Path); found && f.Part != "" && f.Program != "" {
			programs = append(programs, f.Program)
		}
	}
	if slices.Sort(programs); len(programs) > 0 {
		text += ", recorded of " + some(slices.Compact(programs))
	}
	return text
}

// throughout says of something that was not seen that all of it would have been.
func throughout(p *profiles.Profile) string {
	if !recordedFiles(p) {
		return ""
	}
	n := recordedRuns(p)
	return fmt.Sprintf(", of all that was recorded in %d %s from the start on", n, plural(n, "run"))
}

// seldom is the risk of relying on what was not seen to be written.
func seldom(p *profiles.Profile, what string) string {
	if recordedFiles(p) {
		return what + " that was not made while it was recorded fails"
	}
	return "a recording is a sample, in which " + what + " that is seldom made may be missing"
}

// under tells whether a path is a folder or lies in it.
func under(p, folder string) bool {
	p, folder = path.Clean("/"+p), path.Clean("/"+folder)
	return p == folder || folder == "/" || strings.HasPrefix(p, folder+"/")
}
