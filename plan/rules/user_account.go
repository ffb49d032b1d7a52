package rules

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// account is a user that a service starts as.
type account struct {
	known    bool
	uid, gid int // -1: not root, but the number is not known
	evidence plan.Evidence
}

func (a account) nonRoot() bool { return a.known && a.uid != 0 }

// startsAs is the user that a service will start as: the one that is set by now, or
// the one that B012 gives it.
func startsAs(d *plan.Draft, s project.Service) account {
	if d.Applied("B012", s.Name, "") {
		a := accountOf(chooseUser(d, s).value, nil)
		a.evidence = plan.Evidence{From: plan.FromCompose, Text: "B012 makes it start as " + plain(chooseUser(d, s).value)}
		return a
	}
	return declared(d, s)
}

// declared is the user that the file, else the image, else the recorded start
// shows.
func declared(d *plan.Draft, s project.Service) account {
	var files *project.ImageFiles
	if s.Facts != nil {
		files = s.Facts.Files
	}
	if s.User != "" {
		a := accountOf(s.User, files)
		a.evidence = plan.Evidence{From: plan.FromCompose, Text: "user: " + plain(s.User)}
		return a
	}
	if s.Facts != nil {
		a := accountOf(s.Facts.User, files)
		a.evidence = plan.Evidence{From: plan.FromImage, Text: "the image sets the user " + plain(s.Facts.User)}
		if s.Facts.User == "" {
			a.evidence.Text = "the image sets no user, which is root"
		}
		return a
	}
	return recordedStart(d.Profile(s.Name))
}

func recordedStart(p *profiles.Profile) account {
	if unusable(p) != "" || len(p.Identities) == 0 {
		return account{}
	}
	// Readings are samples: a start as root may be too short to be seen, but then the
	// change of user was.
	if slices.Contains(p.NeedsCapability(), "CAP_SETUID") {
		return account{}
	}
	first := p.Identities[0]
	for _, i := range p.Identities {
		if i.UID == 0 {
			first = i
		}
	}
	return account{known: true, uid: first.UID, gid: first.GID,
		evidence: plan.Evidence{From: plan.FromRecording, Text: "it was seen as uid " + strconv.Itoa(first.UID) + " from its start"}}
}

// accountOf reads a user as compose and images write it: "", name or uid, either
// with :group. A name is looked up in the image.
func accountOf(user string, files *project.ImageFiles) account {
	name, group, _ := strings.Cut(strings.TrimSpace(user), ":")
	if name == "" || name == "root" {
		return account{known: true}
	}
	a := account{known: true, uid: -1, gid: -1}
	if files != nil {
		if found, ok := files.Users[name]; ok {
			a.uid, a.gid = found.UID, found.GID
		}
		if gid, ok := files.Groups[group]; ok {
			a.gid = gid
		}
	}
	if uid, err := strconv.Atoi(name); err == nil && uid >= 0 {
		a.uid = uid
	}
	if gid, err := strconv.Atoi(group); err == nil && gid >= 0 {
		a.gid = gid
	}
	return a
}

// identities are those seen in a phase, in the order of the recording.
func identities(p *profiles.Profile, phase profiles.Phase) []profiles.Identity {
	var out []profiles.Identity
	for _, i := range p.Identities {
		if slices.Contains(i.Phases, phase) {
			out = append(out, i)
		}
	}
	return out
}

// mentions is the first of some words that a script of the image uses, "" for none.
func mentions(files *project.ImageFiles, words []string) string {
	if files == nil {
		return ""
	}
	for _, path := range slices.Sorted(maps.Keys(files.Scripts)) {
		used := scriptWords(files.Scripts[path])
		for _, word := range words {
			if used[word] {
				return word
			}
		}
	}
	return ""
}

// scriptWords are the words of a shell script outside of its comments; of a path
// the last part.
func scriptWords(text string) map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		for _, word := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\r\n;&|()`\"'$", r) }) {
			out[word[strings.LastIndexByte(word, '/')+1:]] = true
		}
	}
	return out
}

// plain makes one line of what others wrote.
func plain(text string) string {
	quoted := strconv.QuoteToASCII(text)
	if bare := quoted[1 : len(quoted)-1]; bare == text && text != "" {
		return text
	}
	return quoted
}
