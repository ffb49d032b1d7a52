package sample

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"batten/profiles"
)

// maxIdentities bounds how many users of one target are kept.
const maxIdentities = 1000

// span maps a range of ids inside a user namespace to ids outside.
type span struct{ inside, outside, count uint64 }

// parseSpans reads /proc/PID/uid_map or gid_map.
func parseSpans(data []byte) []span {
	var out []span
	for line := range bytes.Lines(data) {
		f := bytes.Fields(line)
		if len(f) != 3 {
			continue
		}
		var n [3]uint64
		var err error
		for i := range n {
			if n[i], err = strconv.ParseUint(string(f[i]), 10, 32); err != nil {
				break
			}
		}
		if err == nil {
			out = append(out, span{n[0], n[1], n[2]})
		}
	}
	return out
}

// unmap is the id that processes inside the namespace see.
func unmap(spans []span, outside uint64) (int, bool) {
	for _, s := range spans {
		if outside >= s.outside && outside-s.outside < s.count {
			return int(s.inside + outside - s.outside), true
		}
	}
	return 0, false
}

// parseIDs reads the effective user and group of /proc/PID/status.
func parseIDs(data []byte) (uid, gid uint64, ok bool) {
	found := 0
	for line := range bytes.Lines(data) {
		key, value, _ := strings.Cut(string(line), ":")
		f := strings.Fields(value)
		if key != "Uid" && key != "Gid" || len(f) != 4 {
			continue
		}
		n, err := strconv.ParseUint(f[1], 10, 32) // real, effective, saved, file system
		if err != nil {
			return 0, 0, false
		}
		if found++; key == "Uid" {
			uid = n
		} else {
			gid = n
		}
	}
	return uid, gid, found == 2
}

// identities follows the users that the processes of a target ran as.
type identities map[[2]int]*profiles.Identity

func (all identities) see(uid, gid int, program string, phase profiles.Phase) {
	key := [2]int{uid, gid}
	one, ok := all[key]
	if !ok {
		if len(all) == maxIdentities {
			return
		}
		one = &profiles.Identity{UID: uid, GID: gid, Program: program, Runs: 1}
		all[key] = one
	}
	if one.Program == "" || program != "" && program < one.Program {
		one.Program = program
	}
	if phase != "" && !slices.Contains(one.Phases, phase) {
		one.Phases = append(one.Phases, phase)
	}
}

func (all identities) sorted() []profiles.Identity {
	out := make([]profiles.Identity, 0, len(all))
	for _, one := range all {
		copied := *one
		copied.Phases = slices.Clone(one.Phases)
		out = append(out, copied)
	}
	slices.SortFunc(out, func(a, b profiles.Identity) int {
		return cmp.Or(cmp.Compare(a.UID, b.UID), cmp.Compare(a.GID, b.GID))
	})
	return out
}

// program is the file that a process executes, as its mounts name it.
func (r root) program(pid int) string {
	return strings.TrimSuffix(r.link(pid, "exe"), " (deleted)")
}

// runtimes are programs that prepare a container before they execute its program.
var runtimes = map[string]bool{"runc": true, "crun": true, "youki": true, "runsc": true, "kata-runtime": true}

// isRuntime tells the runtime's own process in a container from the container's.
// runc executes a copy of itself that has no place in the file system.
func isRuntime(p process, program string) bool {
	return runtimes[path.Base(program)] || strings.HasPrefix(p.comm, "runc:[") ||
		strings.HasPrefix(program, "/memfd:runc_cloned") || strings.Contains(program, "runc_cloned:")
}
