package rules

import (
	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// owners completes folders that become a tmpfs: who they belong to, with which mode,
// and whether programs are executed there.
func (w *writable) owners(d *plan.Draft, s project.Service, list []scratch) []scratch {
	user := startsAs(d, s)
	for i := range list {
		t := &list[i]
		if ran := runsFrom(d.Profile(s.Name), t.path); ran != "" {
			t.exec = true
			w.evidence = append(w.evidence, plan.Evidence{From: plan.FromRecording, Text: "executes " + plain(ran)})
		}
		var e project.FileEntry
		found := false
		if s.Facts != nil {
			_, e, found = s.Facts.Files.Resolve(t.path)
		}
		switch {
		case found:
			// The image's owner stays, unless the user that the service starts as could not
			// write there.
			t.owned, t.uid, t.gid, t.mode = true, e.UID, e.GID, e.Mode
			if user.nonRoot() && user.uid > 0 && !writableFor(e, user.uid, user.gid) {
				t.uid, t.gid = user.uid, max(user.gid, 0)
			}
		case s.Facts == nil || s.Facts.Files == nil:
			// Whether the image has the folder is not known: what the engine does by itself,
			// its owner and mode or else one that everybody may write to, is right for both.
		default:
			t.owned = true
			t.uid, t.gid, t.mode = makerOf(d.Profile(s.Name), user)
		}
	}
	if d.Target == plan.TargetSwarm {
		for _, t := range list {
			if t.exec {
				w.blocked = "a stack's tmpfs cannot allow programs to be executed, and " + plain(t.path) + " needs it"
			}
		}
	}
	return list
}

// makerOf is who a folder has to belong to that the image does not have, and its
// mode: the one user that the service has, else everybody, as in /tmp.
func makerOf(p *profiles.Profile, user account) (uid, gid int, mode uint32) {
	if user.nonRoot() && user.uid > 0 {
		return user.uid, max(user.gid, 0), 0o755
	}
	if p != nil && len(p.Identities) > 0 {
		first := p.Identities[0]
		for _, i := range p.Identities {
			if i.UID != first.UID || i.GID != first.GID {
				return 0, 0, 0o1777
			}
		}
		return first.UID, first.GID, 0o755
	}
	return 0, 0, 0o1777
}
