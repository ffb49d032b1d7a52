package ebpf

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"

	"batten/internal/launch"
	"batten/profiles"
	"batten/trace"
)

// process is a command that the session started.
type process struct {
	*launch.Process
}

// Kinds of task state, as in the programs.
const (
	kindRuntime = 1
	kindMain    = 2
)

// allowAll is a seccomp filter of one instruction. A command under a filter is
// found by the programs' cheapest test, and the rest of the host is left alone.
var allowAll = []syscall.SockFilter{{Code: 0x06, K: 0x7fff0000}} // BPF_RET, SECCOMP_RET_ALLOW

// firstPIDNamespace is the machine's own: PROC_PID_INIT_INO of linux/proc_ns.h.
const firstPIDNamespace = "pid:[4026531836]"

func (s *session) newTree(b *bound) error {
	// Kernel and batten have to mean the same process by a number.
	if ns, err := os.Readlink("/proc/self/ns/pid"); err == nil && ns != firstPIDNamespace {
		return fmt.Errorf("%w: batten runs in a process namespace of its own; containers can be traced from there, processes cannot", trace.ErrUnsupported)
	}
	if s.trees+1 >= treeUnits {
		return errors.New("add target: too many process trees in one session")
	}
	s.trees++
	b.tree = s.trees
	return nil
}

// addCommand starts a command; its first own instruction is recorded.
func (s *session) addCommand(b *bound) error {
	if err := s.newTree(b); err != nil {
		return err
	}
	c := *b.Command
	if c.Filter == nil {
		c.Filter = allowAll
	} else {
		b.Run.Seccomp = profiles.SeccompCustom
	}
	if os.Geteuid() != 0 {
		c.NoNewPrivileges = true
	}
	b.Run.NoNewPrivileges = c.NoNewPrivileges
	b.Run.StartupSeen = true
	p, err := launch.Prepare(&c)
	if err != nil {
		return err
	}
	err = s.root(p.PID, objectsRoot{Unit: b.tree, Kind: kindRuntime})
	if err == nil {
		err = s.kernel.change(func(*objectsSession) {})
	}
	if err != nil {
		p.Abandon()
		p.Wait()
		return err
	}
	b.command = &process{p}
	if err := p.Release(); err != nil {
		p.Wait()
		return err
	}
	if err := p.Executed(); err != nil {
		p.Wait()
		return err
	}
	first := true
	for _, other := range s.targets {
		first = first && other.command == nil
	}
	go s.await(b, first)
	return nil
}

// await ends when the command and all its descendants have ended.
func (s *session) await(b *bound, first bool) {
	code, _ := b.command.Wait()
	s.mu.Lock()
	if first {
		s.exitCode = code
	}
	s.mu.Unlock()
	s.awaitTree(b)
}

// awaitTree polls the tree's first processes and its count of others, and tells
// when all trees of the session are gone.
func (s *session) awaitTree(b *bound) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for s.treeLives(b) {
		<-tick.C
	}
}

func (s *session) treeLives(b *bound) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	// In this order: what a first process left behind has been counted when it is
	// gone.
	if !s.closed {
		if living(b.first) {
			return true
		}
		if u, ok := s.unit(b.tree); ok && u.Tasks > 0 {
			return true
		}
	}
	for _, fd := range b.first {
		unix.Close(fd)
	}
	b.first = nil
	b.done = true
	s.maybeExited()
	return false
}

// living tells whether one of the processes has not ended.
func living(pidfds []int) bool {
	for part := range slices.Chunk(pidfds, 512) {
		polled := make([]unix.PollFd, len(part))
		for i, fd := range part {
			polled[i] = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
		}
		if n, err := unix.Poll(polled, 0); err != nil || n < len(polled) {
			return true
		}
	}
	return false
}

func (s *session) maybeExited() {
	if s.starting || len(s.targets) == 0 {
		return
	}
	for _, t := range s.targets {
		if t.tree == 0 || !t.done {
			return
		}
	}
	s.exitOnce.Do(func() { close(s.exited) })
}

func (s *session) root(id int, r objectsRoot) error {
	if err := s.kernel.Maps["roots"].Update(uint32(id), r, ebpf.UpdateAny); err != nil {
		return fmt.Errorf("add process %d: %w", id, err)
	}
	return nil
}

// addProcess takes a running process with its descendants.
func (s *session) addProcess(b *bound) (err error) {
	if err := s.newTree(b); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			for _, fd := range b.first {
				unix.Close(fd)
			}
		}
	}()
	b.Run.StartupSeen = false
	if err := s.writeUnit(b.tree, unitMainStarted, 1); err != nil {
		return err
	}
	// Until a pass finds nobody new: a child born between two passes is either in
	// /proc or inherits from a parent that is in the map.
	seen := map[running]bool{}
	for {
		fresh := 0
		for _, p := range descendants(b.PID) {
			if seen[p] {
				continue
			}
			seen[p] = true
			fd, err := s.take(p, objectsRoot{Unit: b.tree, Kind: kindMain})
			if err != nil {
				return err
			}
			if fd >= 0 {
				b.first = append(b.first, fd)
				fresh++
			}
		}
		if fresh == 0 {
			break
		}
		if err := s.kernel.change(func(set *objectsSession) { set.AnyMode = 1 }); err != nil {
			return err
		}
	}
	if len(b.first) == 0 {
		return fmt.Errorf("%w: process %d", trace.ErrNoTarget, b.PID)
	}
	go s.awaitTree(b)
	return nil
}

// take makes a running process a target and returns a descriptor of it, -1 when
// it has ended. Another process may get its number at any time, and must not
// become a target.
func (s *session) take(p running, r objectsRoot) (int, error) {
	fd, err := unix.PidfdOpen(p.pid, 0)
	if errors.Is(err, unix.ESRCH) || errors.Is(err, unix.EINVAL) {
		return -1, nil
	}
	if err != nil {
		return -1, fmt.Errorf("add process %d: %w", p.pid, err)
	}
	if now, _, ok := readStat(fmt.Sprintf("/proc/%d/stat", p.pid)); !ok || now != p {
		unix.Close(fd)
		return -1, nil
	}
	if err := s.root(p.pid, r); err != nil {
		unix.Close(fd)
		return -1, err
	}
	// From here on its end removes the entry.
	if !living([]int{fd}) {
		unix.Close(fd)
		_ = s.kernel.Maps["roots"].Delete(uint32(p.pid))
		return -1, nil
	}
	return fd, nil
}

// running is a process: a number, and when it began, since numbers are used again.
type running struct {
	pid   int
	start uint64
}

// descendants lists a process and all below it, from /proc.
func descendants(root int) []running {
	children := map[int][]running{}
	var list []running
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		p, parent, ok := readStat(path)
		if ok && p.pid == root {
			list = append(list, p)
		} else if ok {
			children[parent] = append(children[parent], p)
		}
	}
	for i := 0; i < len(list); i++ {
		list = append(list, children[list[i].pid]...)
	}
	return list
}

// readStat reads a process and its parent from proc(5)'s stat. The name in
// parentheses is the process's own choice and may hold anything, so fields are
// counted from its end.
func readStat(path string) (p running, parent int, ok bool) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return p, 0, false
	}
	line := string(raw)
	end := strings.LastIndexByte(line, ')')
	if end < 0 {
		return p, 0, false
	}
	fields := strings.Fields(line[end+1:])
	if len(fields) < 20 {
		return p, 0, false
	}
	pid, err1 := strconv.Atoi(strings.Fields(line)[0])
	parent, err2 := strconv.Atoi(fields[1])
	start, err3 := strconv.ParseUint(fields[19], 10, 64)
	return running{pid, start}, parent, err1 == nil && err2 == nil && err3 == nil
}
