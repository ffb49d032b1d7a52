package engine

import (
	"os"
	"path"
	"slices"
	"strings"

	"batten/internal/docker"
	"batten/profiles"
)

// place is where something is mounted in a container, links resolved.
type place struct {
	at   string
	kind profiles.MountKind
}

var mountKinds = map[string]profiles.MountKind{
	"bind": profiles.MountBind, "volume": profiles.MountVolume, "tmpfs": profiles.MountTmpfs,
}

// placesOf are the places of a container's mounts, the deepest first; never nil. root
// is a path to the container's root folder by which links are resolved, "" when there
// is none.
func placesOf(mounts []docker.Mount, root string) []place {
	out := []place{}
	for _, m := range mounts {
		if kind, ok := mountKinds[m.Kind]; ok {
			out = append(out, place{resolveIn(root, m.Destination), kind})
		}
	}
	slices.SortStableFunc(out, func(a, b place) int { return len(b.at) - len(a.at) })
	return out
}

// kindAt is what a path lies on: the deepest mount that holds it, else the container's
// own layer, to which the engine's own binds (/etc/hosts) count, since read_only takes
// them away with it.
func kindAt(places []place, p string) profiles.MountKind {
	for _, one := range places {
		if below(p, one.at) {
			return one.kind
		}
	}
	return profiles.MountRoot
}

// maxLinks is how many links the kernel follows in one path (MAXSYMLINKS of
// linux/namei.h).
const maxLinks = 40

// resolveIn follows the links of a path inside another root. What is there may change
// meanwhile, and be made to lead out: only the texts of links are read, and the answer
// names a place inside.
func resolveIn(root, p string) string {
	p = path.Clean("/" + p)
	if root == "" {
		if rest, ok := strings.CutPrefix(p, "/var/run/"); ok { // a link in most images
			return "/run/" + rest
		}
		return p
	}
	at, rest := "/", strings.Split(strings.Trim(p, "/"), "/")
	for links := 0; len(rest) > 0; {
		next := path.Join(at, rest[0])
		rest = rest[1:]
		target, err := os.Readlink(root + next)
		if err != nil {
			at = next
			continue
		}
		if links++; links > maxLinks {
			return p
		}
		if path.IsAbs(target) {
			at = "/"
		}
		rest = slices.Concat(strings.Split(strings.Trim(target, "/"), "/"), rest)
	}
	return at
}

// joinFiles puts the changes of a container's layer beside what a tracer recorded, and
// says of each path what it lies on. Neither list is changed. places is nil for what
// has no mounts of its own, or of which they are not known.
func joinFiles(recorded, compared []profiles.File, places []place) []profiles.File {
	if len(recorded) == 0 {
		return compared
	}
	out := slices.Clone(recorded)
	changed := map[string]bool{} // with the folders that hold something changed
	for i, f := range out {
		if f.Mount == "" && places != nil {
			out[i].Mount = kindAt(places, f.Path)
		}
		if f.Changes() {
			changed[f.Path] = true
			if f.Part != profiles.PartRuntime {
				changed[path.Dir(f.Path)+"/"] = true
			}
		}
	}
	for _, f := range compared {
		// A folder is listed as written when a name in it was made or taken away.
		inside := f.Folder && slices.Equal(f.Access, []profiles.Access{profiles.AccessWrite}) && changed[f.Path+"/"]
		if !changed[f.Path] && !inside {
			out = append(out, f)
		}
	}
	return out
}
