package rules

import (
	"fmt"
	"strconv"
	"strings"

	"batten/plan"
	"batten/plan/secrets"
	"batten/project"
)

func detectSecretFiles(d *plan.Draft) []plan.Finding {
	modes := map[string]uint32{}
	for _, f := range d.EnvFiles {
		modes[f.Path] = f.Mode
	}
	var out []plan.Finding
	for _, svc := range d.Project.Services {
		for _, s := range svc.Config.Secrets {
			def, ok := d.Project.Model.Secrets[s.Source]
			if !ok || def.File == "" {
				continue
			}
			path := d.Project.Display(def.File)
			f := plan.Finding{Service: svc.Name, Key: s.Source}
			if w, ok := d.Project.Lookup("secrets", s.Source); ok {
				f.At = []plan.Position{plan.PositionOf(d.Project, w)}
			}
			mode, known := modes[path]
			word := secrets.Quote(path)
			switch {
			case known && mode&0o022 != 0:
				f.Message = fmt.Sprintf("the file of secret %s can be changed by others (mode %04o)", s.Source, mode)
				f.Fix = secretFileFix(path, "chmod go-w -- "+word)
			case known && mode&0o004 == 0 && !startsAsRoot(svc) && !given(d, path, mode):
				f.Message = fmt.Sprintf("the file of secret %s is closed (mode %04o), and the service does not start as root", s.Source, mode)
				f.Fix = secretFileFix(path, secretOwnerCommand(svc, word), "or chmod 444 it, in a folder of mode 0700")
			case d.Target == plan.TargetCompose && (s.UID != "" || s.GID != "" || s.Mode != nil):
				f.Severity = plan.Low
				f.Message = "owner and mode of secret " + s.Source + " count in a swarm only: the file's own count here"
				f.Fix = secretFileFix(path, "look at it with ls -ln -- "+word)
			default:
				continue
			}
			out = append(out, f)
		}
	}
	return out
}

// given tells that batten wrote a file for one user alone, whose it is: of its
// secrets only those are closed.
func given(d *plan.Draft, path string, mode uint32) bool {
	return mode == 0o400 && strings.HasPrefix(path, d.Folder+"/secrets/")
}

func secretFileFix(path string, notes ...string) *plan.Fix {
	return &plan.Fix{Summary: "set owner and mode of " + path, Notes: notes,
		Blocked: "the file is yours: batten gives the commands and does not run them"}
}

// startUser is the user that a service starts as, as it is written.
func startUser(svc project.Service) string {
	if svc.Config.User != "" || svc.Facts == nil {
		return svc.Config.User
	}
	return svc.Facts.User
}

// startsAsRoot is also true where nobody says otherwise.
func startsAsRoot(svc project.Service) bool {
	user, _, _ := strings.Cut(startUser(svc), ":")
	return user == "" || user == "0" || user == "root"
}

func secretOwnerCommand(svc project.Service, word string) string {
	user, _, _ := strings.Cut(startUser(svc), ":")
	if _, err := strconv.Atoi(user); err == nil {
		return "chown " + user + " -- " + word
	}
	if svc.Facts != nil && svc.Facts.Files != nil {
		if account, ok := svc.Facts.Files.Users[user]; ok {
			return "chown " + strconv.Itoa(account.UID) + " -- " + word
		}
	}
	return "chown it to the number of user " + secrets.Quote(user) + " in the image: " + word
}
