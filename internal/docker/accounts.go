package docker

import (
	"strconv"
	"strings"
)

const (
	passwdFile = "/etc/passwd"
	groupFile  = "/etc/group"
)

// parsePasswd reads /etc/passwd. Of lines with one name the first counts, as for
// the C library.
func parsePasswd(text string) map[string]Account {
	out := map[string]Account{}
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), ":")
		if len(f) < 7 || f[0] == "" || strings.HasPrefix(f[0], "#") {
			continue
		}
		uid, err1 := strconv.ParseUint(f[2], 10, 32)
		gid, err2 := strconv.ParseUint(f[3], 10, 32)
		if _, known := out[f[0]]; err1 != nil || err2 != nil || known {
			continue
		}
		out[f[0]] = Account{Name: f[0], UID: int(uid), GID: int(gid), Home: f[5], Shell: f[6]}
	}
	return out
}

// parseGroups reads the ids of /etc/group by name.
func parseGroups(text string) map[string]int {
	out := map[string]int{}
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), ":")
		if len(f) < 3 || f[0] == "" || strings.HasPrefix(f[0], "#") {
			continue
		}
		gid, err := strconv.ParseUint(f[2], 10, 32)
		if _, known := out[f[0]]; err == nil && !known {
			out[f[0]] = int(gid)
		}
	}
	return out
}
