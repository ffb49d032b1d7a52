package engine

import (
	"maps"
	"path"
	"slices"

	"batten/profiles"
)

// FileGroup are the files of a service with which the same was done.
type FileGroup struct {
	Title   string
	Folders []FileFolder // sorted by path
}

// FileFolder are files of one folder.
type FileFolder struct {
	Path  string   // ends in "/"
	Paths []string // whole, sorted
}

// fileTitles are the groups in their order.
var fileTitles = []struct {
	use   fileUse
	title string
}{
	{usedChanged, "files changed"}, {usedExecuted, "programs executed"}, {usedMapped, "libraries"}, {usedRead, "files read"},
	{usedOtherwise, "files locked or connected to"},
}

// FileGroups sorts the files of a profile by the most that the service, and commands
// executed into it, did with each.
func FileGroups(p profiles.Profile) []FileGroup {
	by := map[fileUse]map[string][]string{}
	for at, use := range usesOf(p) {
		if by[use] == nil {
			by[use] = map[string][]string{}
		}
		folder := path.Dir(at)
		if folder != "/" {
			folder += "/"
		}
		by[use][folder] = append(by[use][folder], at)
	}
	var out []FileGroup
	for _, t := range fileTitles {
		g := FileGroup{Title: t.title}
		for _, folder := range slices.Sorted(maps.Keys(by[t.use])) {
			g.Folders = append(g.Folders, FileFolder{folder, slices.Sorted(slices.Values(by[t.use][folder]))})
		}
		if len(g.Folders) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// ContactGroups are a service's sockets, what it did to processes, and its mounts, a
// line each.
func ContactGroups(p profiles.Profile) []Group {
	var sockets, contacts, mounts []string
	for _, s := range p.Sockets {
		if s.Part != profiles.PartRuntime {
			sockets = append(sockets, s.String())
		}
	}
	for _, c := range p.Contacts {
		if c.Part != profiles.PartRuntime {
			contacts = append(contacts, c.String())
		}
	}
	for _, m := range p.Mounts {
		if m.Part != profiles.PartRuntime {
			mounts = append(mounts, m.String())
		}
	}
	var out []Group
	for _, g := range []Group{{"sockets", sockets}, {"signals and tracing", contacts}, {"mounts", mounts}} {
		slices.Sort(g.Calls)
		if g.Calls = slices.Compact(g.Calls); len(g.Calls) > 0 {
			out = append(out, g)
		}
	}
	return out
}
