package apparmor

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"batten/profiles"
)

// mountOptions are the options that apparmor_parser 3.0 knows, and what else tracers
// call them.
var mountOptions = map[string]string{
	"ro": "ro", "rw": "rw", "nosuid": "nosuid", "suid": "suid", "nodev": "nodev", "dev": "dev", "noexec": "noexec",
	"exec": "exec", "sync": "sync", "async": "async", "mand": "mand", "dirsync": "dirsync", "noatime": "noatime",
	"nodiratime": "nodiratime", "relatime": "relatime", "strictatime": "strictatime", "silent": "silent",
	"bind": "bind", "rbind": "rbind", "move": "move", "remount": "remount",
	"private": "private", "rprivate": "rprivate", "slave": "slave", "rslave": "rslave", "shared": "shared",
	"rshared": "rshared", "unbindable": "unbindable", "runbindable": "runbindable",
}

var fsType = regexp.MustCompile(`\A[a-z0-9][a-z0-9._-]{0,40}\z`)

// mountRules allow what was mounted, each with its type, options, source and place.
func (g *generator) mountRules(p profiles.Profile) []Rule {
	var out []Rule
	have := map[string]bool{}
	for _, m := range p.Mounts {
		if !g.sel.holds(m.Part, m.Entry) {
			continue
		}
		text, why := mountRule(m)
		if why == "" {
			why = expressible(m.Path)
		}
		if why != "" {
			g.refuse(m.Path, m.Operation+": "+why)
			continue
		}
		if have[text] {
			continue
		}
		have[text] = true
		comment := m.Operation + " by " + printable(m.Program)
		g.comments[commentKey{GroupMounts, text}] = comment
		out = append(out, Rule{Text: text, Group: GroupMounts, Paths: []string{m.Path},
			Why: fmt.Sprintf("%s; %d of %d runs", comment, m.Runs, g.runs)})
		if m.Operation != "umount" {
			g.note(NoteWide, "the service mounts, which docker-default forbids: see the rules of the group mounts")
		}
	}
	return out
}

// mountRule spells one mount, or tells why it cannot be.
func mountRule(m profiles.Mount) (rule, why string) {
	place := mountPoint(m.Path)
	switch m.Operation {
	case "umount":
		return "umount " + place + ",", ""
	case "pivot_root":
		return "pivot_root " + place + ",", ""
	}
	options, why := spellOptions(m)
	if why != "" {
		return "", why
	}
	rule = "mount"
	if m.Operation == "mount" {
		if !fsType.MatchString(m.Type) {
			return "", "its type of file system is not known"
		}
		rule += " fstype=" + m.Type
	}
	rule += " options=(" + strings.Join(options, ", ") + ")"
	switch m.Operation {
	case "bind", "move":
		if why := expressible(m.Source); why != "" {
			return "", "of its source: " + why
		}
		rule += " " + mountPoint(m.Source)
	case "mount":
		if strings.IndexByte(m.Source, 0) >= 0 || !utf8.ValidString(m.Source) || len(m.Source) > maxName {
			return "", "its source cannot be written"
		}
		if m.Source != "" {
			rule += " " + quoted(m.Source)
		}
	}
	return rule + " -> " + place + ",", ""
}

// mountPoint is a path that may be a folder, which ends in a slash then.
func mountPoint(path string) string {
	if path == "/" {
		return `"/"`
	}
	return `"` + literal(path) + `{,/}"`
}

func spellOptions(m profiles.Mount) ([]string, string) {
	var out []string
	recursive := slices.Contains(m.Options, "rec")
	for _, o := range m.Options {
		if o == "rec" {
			continue
		}
		known, ok := mountOptions[o]
		if !ok {
			return nil, "AppArmor has no name for its option " + printable(o)
		}
		if recursive && mountOptions["r"+known] != "" && known != "r"+known {
			known = "r" + known
		}
		out = append(out, known)
	}
	switch m.Operation {
	case "bind", "remount", "move":
		if m.Operation == "bind" && (recursive || slices.Contains(out, "rbind")) {
			out = append(out, "rbind")
		} else {
			out = append(out, m.Operation)
		}
	case "propagation":
		if len(out) == 0 {
			return nil, "it is not known how it spreads"
		}
		return distinct(out), ""
	}
	if !slices.Contains(out, "ro") && m.Operation != "move" {
		out = append(out, "rw")
	}
	return distinct(out), ""
}
