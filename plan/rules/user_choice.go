package rules

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// userChoice is which user a service is to start as, and how sure that is.
type userChoice struct {
	value    string // "999:999"; "" when nobody knows one
	doubts   []string
	evidence []plan.Evidence
	serving  bool // the recording shows that it serves as root
	chosen   bool // the user said so
	blocked  string
	measure  string
}

// ownUser are images that start as their own user without any capability, when
// their data belongs to it, and the name that it has in them: it has another number
// in each variant of an image.
var ownUser = map[string]string{
	"docker.io/library/postgres": "postgres", "docker.io/library/mysql": "mysql", "docker.io/library/mariadb": "mysql",
	"docker.io/library/mongo": "mongodb", "docker.io/library/redis": "redis", "docker.io/valkey/valkey": "valkey",
	"docker.io/library/rabbitmq": "rabbitmq",
}

// knownImage is what is known of a service's image from elsewhere; nothing of one
// that is built here, whatever its name.
func knownImage(s project.Service) (profiles.ImageFacts, bool) {
	if s.Build || s.Image == "" {
		return profiles.ImageFacts{}, false
	}
	return profiles.ImageFactsFor(s.Image)
}

// userForm is what a chosen user may look like.
var userForm = regexp.MustCompile(`^[0-9]{1,10}(:[0-9]{1,10})?$`)

// startCapabilities are what changing the user needs, and nothing else that a user
// of its own would lack.
var startCapabilities = []string{"CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_KILL"}

func chooseUser(d *plan.Draft, s project.Service) userChoice {
	if value := d.Value("B012", s.Name, ""); value != "" {
		if !userForm.MatchString(value) || accountOf(value, nil).uid == 0 {
			return userChoice{blocked: "the value in batten.yaml is not UID or UID:GID of another user than root"}
		}
		return userChoice{value: value, chosen: true, evidence: []plan.Evidence{{From: plan.FromSettings, Text: "user " + value}}}
	}
	if p := d.Profile(s.Name); p != nil {
		if steady := identities(p, profiles.PhaseSteady); len(steady) > 0 {
			return userOfRecording(s, p, steady)
		}
	}
	return userOfImage(s)
}

func userOfRecording(s project.Service, p *profiles.Profile, steady []profiles.Identity) userChoice {
	c := userChoice{}
	for n, i := range steady {
		c.evidence = append(c.evidence, plan.Evidence{From: plan.FromRecording,
			Text: fmt.Sprintf("serves as uid %d, gid %d", i.UID, i.GID) + inProgram(": ", servedBy(p, steady, n))})
	}
	first := steady[0]
	for _, i := range steady {
		c.serving = c.serving || i.UID == 0
		if i.UID != first.UID {
			c.doubts = append(c.doubts, "it runs as several users at once")
		}
	}
	if c.serving {
		return c.suggest(s)
	}
	if len(c.doubts) > 0 {
		c.blocked = "it needs several users, and starts as root to become them"
		return c
	}
	c.value = fmt.Sprintf("%d:%d", first.UID, first.GID)
	c.doubts = startDoubts(s, p, first)
	if startsAlone(s, first.UID) {
		c.evidence = append(c.evidence, plan.Evidence{From: plan.FromFacts, Text: "the image is known to start as this user without capabilities"})
	}
	return c
}

// startDoubts are what speaks against starting as the user that serves.
func startDoubts(s project.Service, p *profiles.Profile, as profiles.Identity) []string {
	var out []string
	if reason := unusable(p); reason != "" {
		out = append(out, reason)
	}
	for _, name := range p.NeedsCapability() {
		// Entry points change owners and modes as root that they leave alone otherwise.
		if !slices.Contains(startCapabilities, name) && !startsAlone(s, as.UID) {
			out = append(out, "as root it used "+short(name)+", which the user does not have")
		}
	}
	out = append(out, ownerDoubts(s, as.UID)...)
	if s.Facts != nil && s.Facts.Files != nil {
		for _, f := range p.Changed() {
			inImage := f.Mount == profiles.MountRoot || f.Mount == profiles.MountVolume // a new volume is a copy of the image's folder
			if inImage && !mayWrite(s.Facts.Files, f, as.UID, as.GID) {
				if text := "it writes " + plain(f.Path) + ", which the user may not"; !slices.Contains(out, text) {
					out = append(out, text) // several programs may write it
				}
			}
		}
	}
	if s.Config.NetworkMode == "host" && slices.ContainsFunc(p.OverIP(), func(l profiles.Socket) bool {
		return l.Use == profiles.SocketListen && l.Port < 1024
	}) {
		out = append(out, "it listens below 1024 in the network of the host")
	}
	return out
}

// startsAlone tells whether an image is known to start as this user.
func startsAlone(s project.Service, uid int) bool {
	facts, _ := knownImage(s)
	name := ownUser[facts.Image]
	if name == "" || len(s.Config.Entrypoint) > 0 || s.Facts == nil || s.Facts.Files == nil {
		return false
	}
	found, ok := s.Facts.Files.Users[name]
	return ok && found.UID == uid
}

// mayWrite tells whether a user may do with a file of the image what was recorded.
func mayWrite(files *project.ImageFiles, f profiles.File, uid, gid int) bool {
	path := f.Path
	if slices.Contains(f.Access, profiles.AccessCreate) || slices.Contains(f.Access, profiles.AccessRemove) {
		path = f.Path[:max(1, strings.LastIndexByte(f.Path, '/'))]
	}
	_, e, ok := files.Resolve(path)
	switch {
	case !ok: // in a folder that it made itself: judged by that folder
		return true
	case e.UID == uid:
		return e.Mode&0o200 != 0
	case e.GID == gid:
		return e.Mode&0o020 != 0
	}
	return e.Mode&0o002 != 0
}

// ownerDoubts are mounts that are written to and may belong to somebody else.
func ownerDoubts(s project.Service, uid int) []string {
	var out []string
	for _, v := range s.Config.Volumes {
		switch {
		case v.ReadOnly || v.Type == project.MountTmpfs:
		case v.Type == project.MountBind:
			out = append(out, "who owns the host's "+plain(v.Target)+" is not known")
		case s.Facts == nil || s.Facts.Files == nil:
			out = append(out, "who owns "+plain(v.Target)+" in the image is not known")
		default:
			if _, e, ok := s.Facts.Files.Resolve(v.Target); !ok || e.UID != uid {
				out = append(out, "a new volume at "+plain(v.Target)+" does not belong to the user")
			}
		}
	}
	return out
}

func userOfImage(s project.Service) userChoice {
	c := userChoice{measure: plan.MeasureCommand(s.Name)}
	facts, _ := knownImage(s)
	name := ownUser[facts.Image]
	if s.Facts == nil || s.Facts.Files == nil || name == "" {
		c.blocked = "as which user it can run was not measured"
		return c
	}
	found, ok := s.Facts.Files.Users[name]
	if !ok || found.UID == 0 {
		c.blocked = "the image has no user " + name + ", unlike the one that was tested"
		return c
	}
	c.value = fmt.Sprintf("%d:%d", found.UID, found.GID)
	c.evidence = append(c.evidence, plan.Evidence{From: plan.FromFacts,
		Text: fmt.Sprintf("%s starts as its user %s, uid %d in this image", facts.Image, name, found.UID)})
	c.doubts = ownerDoubts(s, found.UID)
	if len(s.Config.Entrypoint) > 0 {
		c.doubts = append(c.doubts, "the file sets another entry point than the tested one")
	}
	return c
}

// suggest names a user that the image has for people to run things as.
func (c userChoice) suggest(s project.Service) userChoice {
	c.doubts = append(c.doubts, "it serves as root, and nobody tried another user")
	if s.Facts != nil && s.Facts.Files != nil {
		people := slices.SortedFunc(maps.Values(s.Facts.Files.Users), func(a, b project.Account) int { return cmp.Or(cmp.Compare(a.UID, b.UID), cmp.Compare(a.Name, b.Name)) })
		for _, a := range people {
			if a.UID >= 1000 && a.UID < 65534 {
				c.value = fmt.Sprintf("%d:%d", a.UID, a.GID)
				c.evidence = append(c.evidence, plan.Evidence{From: plan.FromImage, Text: "has a user " + plain(a.Name)})
				return c
			}
		}
	}
	c.blocked = "it serves as root, and no user is known that it could be; set a value for B012/" + s.Name + " to try one"
	return c
}

func (c userChoice) fix(s project.Service) *plan.Fix {
	fix := &plan.Fix{Summary: "start it as another user than root", Blocked: c.blocked, Measure: c.measure}
	if c.blocked == "" {
		fix.Measure = ""
		fix.Summary, fix.Value = "start it as user "+c.value, c.value
		fix.Off = len(c.doubts) > 0 && !c.chosen
		fix.Changes = []plan.Change{plan.SetService(s.Name, c.value, "user")}
		fix.Risk = "files that root left in its volumes and binds are not writable for it any more"
	}
	for _, doubt := range c.doubts {
		fix.Notes = append(fix.Notes, "to settle: "+doubt)
	}
	if len(s.Config.Volumes) > 0 {
		fix.Notes = append(fix.Notes, "what it writes must belong to that user: a new named volume takes the owner of the image's folder, others need a chown")
	}
	low := slices.ContainsFunc(s.Config.Ports, func(p project.PortConfig) bool { return p.Target < 1024 })
	if low && s.Config.NetworkMode != "host" {
		fix.Notes = append(fix.Notes, "ports below 1024 need no root: Docker lets every user of a container's own network take them")
	}
	return fix
}
