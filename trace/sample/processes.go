package sample

import (
	"bytes"
	"os"
	"slices"
	"strconv"
)

// maxProcesses bounds how many processes of one target are looked at.
const maxProcesses = 4096

// process is one process of a target.
type process struct {
	pid     int
	parent  int
	threads int
	started string // in ticks since boot: with the pid it names one process
	comm    string
	cpu     uint64 // ticks used, with those of children that were waited for
}

// parseStat reads /proc/PID/stat. The name in parentheses may hold anything,
// parentheses included.
func parseStat(data []byte) (process, bool) {
	open, end := bytes.IndexByte(data, '('), bytes.LastIndexByte(data, ')')
	if open < 0 || end < open {
		return process{}, false
	}
	pid, err := strconv.Atoi(string(bytes.TrimSpace(data[:open])))
	fields := bytes.Fields(data[end+1:])
	if err != nil || pid <= 0 || len(fields) < 20 {
		return process{}, false
	}
	p := process{pid: pid, comm: string(data[open+1 : end]), started: string(fields[19])}
	var errs [3]error
	p.parent, errs[0] = strconv.Atoi(string(fields[1]))
	p.threads, errs[1] = strconv.Atoi(string(fields[17]))
	for _, at := range []int{11, 12, 13, 14} { // utime, stime, cutime, cstime
		ticks, err := strconv.ParseUint(string(fields[at]), 10, 64)
		if err != nil {
			errs[2] = err
		}
		p.cpu += ticks
	}
	return p, errs == [3]error{}
}

func (r root) process(pid int) (process, bool) {
	return parseStat(r.proc(pid, "stat"))
}

// processes lists all processes of the machine.
func (r root) processes() map[int]process {
	entries, err := os.ReadDir(r.path("proc"))
	if err != nil {
		return nil
	}
	out := map[int]process{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if p, ok := r.process(pid); ok {
			out[pid] = p
		}
	}
	return out
}

// descendants returns a process and what it started, in order of their ids.
func descendants(first int, all map[int]process) []process {
	children := map[int][]int{}
	for pid, p := range all {
		children[p.parent] = append(children[p.parent], pid)
	}
	var out []process
	seen := map[int]bool{}
	for next := []int{first}; len(next) > 0 && len(out) < maxProcesses; next = next[1:] {
		p, ok := all[next[0]]
		if !ok || seen[p.pid] {
			continue
		}
		seen[p.pid] = true
		out = append(out, p)
		next = append(next, children[p.pid]...)
	}
	slices.SortFunc(out, func(a, b process) int { return a.pid - b.pid })
	return out
}
