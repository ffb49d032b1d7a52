package rules

import (
	"path"
	"slices"
	"strings"

	"batten/plan"
	"batten/profiles"
)

// Data finds its place before the root is made read-only, and a tmpfs its owner
// before its options.
var filesystemRules = []plan.Rule{
	dataLost, tmpfsOwner, tmpfsOptions, readOnlyRoot, sensitivePath, readOnlyBind, sharedPropagation, sharedVolume,
}

// sawFiles tells whether a recording shows which files a service wrote from its
// start on. It is a sample: what was written and gone between two looks is missing.
func sawFiles(p *profiles.Profile) bool {
	if p == nil || p.Resources == nil && len(p.Files)+len(p.Sockets)+len(p.Identities) == 0 {
		return false // recorded by something that does not look at files
	}
	return slices.ContainsFunc(p.Runs, func(r profiles.Run) bool { return r.StartupSeen })
}

// wroteBelow is the first path at or below a folder that was seen to be written, ""
// for none.
func wroteBelow(p *profiles.Profile, folder string) string {
	for _, f := range p.Files {
		if len(f.Access) > 0 && under(f.Path, folder) {
			return f.Path
		}
	}
	return ""
}

// under tells whether a path is a folder or lies in it.
func under(p, folder string) bool {
	p, folder = path.Clean("/"+p), path.Clean("/"+folder)
	return p == folder || folder == "/" || strings.HasPrefix(p, folder+"/")
}
