package sample

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// groups are the folders of one control group: of each controller of version 1,
// and under "" that of version 2. They are below the root.
type groups map[string]string

// find returns the folders of the control group that a process is in.
func (r root) find(pid int) groups {
	mounts := parseMounts(r.read("proc/self/mountinfo"))
	out := groups{}
	for controller, below := range parseGroup(r.proc(pid, "cgroup")) {
		if m, ok := mounts[controller]; ok {
			if rel, ok := inside(m.root, below); ok {
				out[controller] = r.path(m.at, rel)
			}
		}
	}
	return out
}

// inside is a group's path below the part of the hierarchy that is mounted.
func inside(mounted, group string) (string, bool) {
	if mounted == "/" {
		return group, true
	}
	rel, ok := strings.CutPrefix(group, mounted)
	return rel, ok && (rel == "" || rel[0] == '/')
}

// parseGroup reads /proc/PID/cgroup: the group by controller, "" for version 2.
// The root group is left out, because it is the whole machine.
func parseGroup(data []byte) map[string]string {
	out := map[string]string{}
	for line := range bytes.Lines(data) {
		parts := strings.SplitN(strings.TrimSuffix(string(line), "\n"), ":", 3)
		if len(parts) != 3 || !strings.HasPrefix(parts[2], "/") || path.Clean(parts[2]) != parts[2] || parts[2] == "/" {
			continue
		}
		if parts[0] == "0" && parts[1] == "" {
			out[""] = parts[2]
			continue
		}
		for _, controller := range strings.Split(parts[1], ",") {
			if controller != "" {
				out[controller] = parts[2]
			}
		}
	}
	return out
}

// groupMount is where a hierarchy is mounted, and which part of it.
type groupMount struct{ root, at string }

// parseMounts reads /proc/self/mountinfo: the mount of each controller.
func parseMounts(data []byte) map[string]groupMount {
	out := map[string]groupMount{}
	for line := range bytes.Lines(data) {
		before, after, found := strings.Cut(string(line), " - ")
		place, kind := strings.Fields(before), strings.Fields(after)
		if !found || len(place) < 5 || len(kind) < 3 || !strings.HasPrefix(place[3], "/") || !strings.HasPrefix(place[4], "/") {
			continue
		}
		m := groupMount{place[3], place[4]}
		switch kind[0] {
		case "cgroup2":
			out[""] = m
		case "cgroup":
			for _, option := range strings.Split(kind[2], ",") {
				out[option] = m // options that are no controller are never looked up
			}
		}
	}
	return out
}

// number reads a file that holds one number, of a controller of version 1 or,
// without one, of version 2.
func (g groups) number(v1controller, v1, v2 string) (uint64, bool) {
	for _, at := range []struct{ controller, name string }{{v1controller, v1}, {"", v2}} {
		dir, ok := g[at.controller]
		if !ok || at.name == "" {
			continue
		}
		if data, err := os.ReadFile(filepath.Join(dir, at.name)); err == nil {
			if n, err := strconv.ParseUint(string(bytes.TrimSpace(data)), 10, 64); err == nil {
				return n, true
			}
		}
	}
	return 0, false
}

// maxGroups bounds how many groups below one are looked at.
const maxGroups = 256

// members are the processes of a group and of the groups in it.
func (g groups) members() []int {
	var dir string
	for _, controller := range []string{"pids", "memory", "cpuacct", "freezer", ""} {
		if at, ok := g[controller]; ok {
			dir = at
			break
		}
	}
	if dir == "" {
		return nil
	}
	var out []int
	visited := 0
	_ = filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil // gone meanwhile, or a file
		}
		if visited++; visited > maxGroups || len(out) > maxProcesses {
			return filepath.SkipAll
		}
		data, err := os.ReadFile(filepath.Join(at, "cgroup.procs"))
		if err != nil {
			return nil
		}
		for _, field := range bytes.Fields(data) {
			if pid, err := strconv.Atoi(string(field)); err == nil && pid > 0 {
				out = append(out, pid)
			}
		}
		return nil
	})
	slices.Sort(out)
	return slices.Compact(out)
}

// fields reads a file of lines "key value".
func fields(data []byte) map[string]uint64 {
	out := map[string]uint64{}
	for line := range bytes.Lines(data) {
		key, value, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		if n, err := strconv.ParseUint(value, 10, 64); err == nil {
			out[key] = n
		}
	}
	return out
}
