package ebpf

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/cilium/ebpf"

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

func (s *session) newTree(b *bound) error {
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
	err = s.writeUnit(b.tree, unitProcesses, 1)
	if err == nil {
		err = s.root(p.PID, objectsRoot{Unit: b.tree, Kind: kindRuntime})
	}
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

// awaitTree polls the tree's count of processes, and tells when all trees of the
// session are gone.
func (s *session) awaitTree(b *bound) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		s.mu.Lock()
		u, ok := objectsUnit{}, false
		if !s.closed {
			u, ok = s.unit(b.tree)
		}
		if !ok || u.Processes <= 0 {
			b.done = true
			s.maybeExited()
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		<-tick.C
	}
}

func (s *session) maybeExited() {
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
func (s *session) addProcess(b *bound) error {
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", b.PID)); err != nil {
		return fmt.Errorf("%w: process %d", trace.ErrNoTarget, b.PID)
	}
	if err := s.newTree(b); err != nil {
		return err
	}
	b.Run.StartupSeen = false
	if err := s.writeUnit(b.tree, unitMainStarted, 1); err != nil {
		return err
	}
	// Until a pass finds nobody new: a child born between two passes is either in
	// /proc or inherits from a parent that is in the map.
	seen := map[int]bool{}
	for {
		fresh := 0
		for _, pid := range descendants(b.PID) {
			if seen[pid] {
				continue
			}
			seen[pid] = true
			fresh++
			if err := s.root(pid, objectsRoot{Unit: b.tree, Kind: kindMain}); err != nil {
				return err
			}
		}
		if fresh == 0 {
			break
		}
		if err := s.writeUnit(b.tree, unitProcesses, uint32(len(seen))); err != nil {
			return err
		}
		if err := s.kernel.change(func(set *objectsSession) { set.AnyMode = 1 }); err != nil {
			return err
		}
	}
	go s.awaitTree(b)
	return nil
}

// descendants lists a process and all below it, from /proc.
func descendants(root int) []int {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		pid, parent, ok := readStat(path)
		if ok {
			children[parent] = append(children[parent], pid)
		}
	}
	list := []int{root}
	for i := 0; i < len(list); i++ {
		list = append(list, children[list[i]]...)
	}
	return list
}

// readStat reads pid and parent of proc(5)'s stat. The name in parentheses is the
// process's own choice and may hold anything, so fields are counted from its end.
func readStat(path string) (pid, parent int, ok bool) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return 0, 0, false
	}
	line := string(raw)
	end := strings.LastIndexByte(line, ')')
	if end < 0 {
		return 0, 0, false
	}
	fields := strings.Fields(line[end+1:])
	if len(fields) < 2 {
		return 0, 0, false
	}
	pid, err1 := strconv.Atoi(strings.Fields(line)[0])
	parent, err2 := strconv.Atoi(fields[1])
	return pid, parent, err1 == nil && err2 == nil
}
