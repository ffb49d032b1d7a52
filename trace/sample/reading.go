package sample

import (
	"time"

	"batten/profiles"
)

// read takes one reading of a target that is there.
func (s *Sampler) read(f *followed, all map[int]process, now time.Time) {
	processes := s.members(f, all)
	f.readings++
	if f.Group {
		f.memory.read(f.groups)
		if used, ok := f.groups.used(); ok {
			f.cpu.add(now, used)
		}
	} else {
		f.memory.readTree(s.root, processes)
		f.cpu.add(now, usedByTree(processes))
	}
	f.processes = max(f.processes, count(f, processes))
	tree := descendantsOf(f.PID, processes)
	for _, p := range processes {
		program := s.root.program(p.pid)
		if f.Group && isRuntime(p, program) {
			continue
		}
		f.files = max(f.files, uint64(len(s.root.descriptors(p.pid))))
		phase := s.phaseOf(f.Key)
		if !tree[p.pid] {
			phase = profiles.PhaseExec // its parent is outside: it was executed into the container
		}
		s.identify(f, p, program, phase)
	}
	f.sockets.read(s.root, f.PID, s.owns(f, processes))
}

// members are the processes of a target.
func (s *Sampler) members(f *followed, all map[int]process) []process {
	if !f.Group {
		return descendants(f.PID, all)
	}
	var out []process
	for _, pid := range f.groups.members() {
		if p, ok := s.root.process(pid); ok && len(out) < maxProcesses {
			out = append(out, p)
		}
	}
	return out
}

// count is how many processes and threads there are at once. Of a control group
// the kernel may know the peak, which has the runtime's threads in it: a limit
// must let them live, too.
func count(f *followed, processes []process) uint64 {
	var threads uint64
	for _, p := range processes {
		threads += uint64(max(1, p.threads))
	}
	for _, name := range []string{"pids.current", "pids.peak"} {
		if n, ok := f.groups.number("pids", name, name); ok {
			threads = max(threads, n)
		}
	}
	return threads
}

// descendantsOf tells which of some processes descend from the first one.
func descendantsOf(first int, processes []process) map[int]bool {
	all := map[int]process{}
	for _, p := range processes {
		all[p.pid] = p
	}
	out := map[int]bool{}
	for _, p := range descendants(first, all) {
		out[p.pid] = true
	}
	return out
}

func (s *Sampler) phaseOf(key string) profiles.Phase {
	if p, ok := s.phase[key]; ok {
		return p
	}
	if p, ok := s.phase[""]; ok {
		return p
	}
	return profiles.PhaseStartup
}

func (s *Sampler) identify(f *followed, p process, program string, phase profiles.Phase) {
	uid, gid, ok := parseIDs(s.root.proc(p.pid, "status"))
	if !ok {
		return
	}
	// An id that the namespace does not have is seen by nobody inside.
	user, ok1 := unmap(f.uids, uid)
	group, ok2 := unmap(f.gids, gid)
	if ok1 && ok2 {
		f.identities.see(user, group, program, phase)
	}
}

// owns tells which sockets of a network are the target's: all of a network that it
// has for itself, else those that its processes hold open. The latter are looked
// for only when it comes to that.
func (s *Sampler) owns(f *followed, processes []process) func(entry) bool {
	if !s.shares(f) {
		return func(entry) bool { return true }
	}
	var held map[uint64]bool
	return func(e entry) bool {
		if held == nil {
			held = s.root.inodes(processes)
		}
		return e.inode != 0 && held[e.inode]
	}
}

// shares tells whether others are in a target's network: this machine, another
// target, or whom the caller knows of.
func (s *Sampler) shares(f *followed) bool {
	if f.SharedNetwork || f.network == "" || f.network == s.network {
		return true
	}
	for _, other := range s.targets {
		if other != f && !other.gone && other.network == f.network {
			return true
		}
	}
	return false
}
