package ebpf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unsafe"

	"batten/profiles"
)

// unitsUsed returns how many container units the kernel has given out.
func (s *session) unitsUsed() uint32 {
	var n uint32
	if s.kernel.Variables["next_unit"].Get(&n) != nil {
		return 0
	}
	return min(n, s.kernel.Maps["units"].MaxEntries()-treeUnits)
}

func (s *session) unit(i uint32) (objectsUnit, bool) {
	var u objectsUnit
	return u, s.kernel.Maps["units"].Lookup(i, &u) == nil
}

// writeUnit writes one field of a unit through the map's memory. The kernel
// counts in other fields of it meanwhile, so the whole value must not be written.
func (s *session) writeUnit(i uint32, field uintptr, value uint32) error {
	var raw [4]byte
	binary.NativeEndian.PutUint32(raw[:], value)
	if _, err := s.units.WriteAt(raw[:], int64(i)*int64(unsafe.Sizeof(objectsUnit{}))+int64(field)); err != nil {
		return fmt.Errorf("write unit %d: %w", i, err)
	}
	return nil
}

// Fields that user space writes.
const (
	unitPhase       = unsafe.Offsetof(objectsUnit{}.Phase)
	unitIgnored     = unsafe.Offsetof(objectsUnit{}.Ignored)
	unitMainStarted = unsafe.Offsetof(objectsUnit{}.MainStarted)
)

var containerID = regexp.MustCompile(`^[0-9a-f]{64}$`)

// names of a container's cgroup: the cgroupfs driver's, and the systemd driver's
// for Docker, Podman, containerd and CRI-O.
var cgroupNames = []string{"%s", "docker-%s.scope", "libpod-%s.scope", "cri-containerd-%s.scope", "crio-%s.scope"}

// addContainer asks for a container by name. One that starts later, or has
// started since the session did, is complete.
func (s *session) addContainer(b *bound) error {
	if !containerID.MatchString(b.Container) {
		return errors.New("add container: its id has to be 64 hexadecimal digits")
	}
	running := uint32(0)
	if !b.Run.StartupSeen {
		running = 1
	}
	if err := s.know(b.Container, running); err != nil {
		return err
	}
	woken := false
	for i := treeUnits; i < treeUnits+int(s.unitsUsed()); i++ {
		u, ok := s.unit(uint32(i))
		if ok && (running == 1 || u.Ignored != 0) && containerOf(u) == b.Container {
			woken = true
			if err := errors.Join(s.writeUnit(uint32(i), unitMainStarted, 1), s.writeUnit(uint32(i), unitIgnored, 0)); err != nil {
				return err
			}
		}
	}
	if woken {
		// The unit that ran before is there; a later one is a start.
		if err := s.know(b.Container, 0); err != nil {
			return err
		}
	}
	needAll := b.Run.Seccomp == profiles.SeccompUnconfined
	if woken || needAll {
		return s.kernel.change(func(set *objectsSession) {
			if needAll {
				set.AnyMode = 1
			}
		})
	}
	return nil
}

// know tells the programs the names that a container's cgroup may have.
func (s *session) know(id string, running uint32) error {
	for _, form := range cgroupNames {
		var name [128]byte
		copy(name[:], fmt.Sprintf(form, id))
		if err := s.kernel.Maps["known"].Put(name, objectsKnownContainer{Running: running}); err != nil {
			return fmt.Errorf("add container: %w", err)
		}
	}
	return nil
}

// containerOf finds the container id in a unit's name, "" if there is none.
func containerOf(u objectsUnit) string {
	name := text(u.Name[:])
	run := 0
	for i := range len(name) {
		if c := name[i]; c >= '0' && c <= '9' || c >= 'a' && c <= 'f' {
			run++
		} else {
			run = 0
		}
		if run == 64 {
			return name[i-63 : i+1]
		}
	}
	return ""
}

// numbered is a unit with its index.
type numbered struct {
	objectsUnit
	index uint32
}

// bindUnits finds the units of every target. New ones get the phase that their
// service is in; the caller then has to move the generation.
func (s *session) bindUnits() (units map[*bound][]numbered, rephased bool) {
	owners := map[string][]*bound{}
	out := map[*bound][]numbered{}
	bind := func(b *bound, n numbered) {
		if want := s.phase[b.Service.Name]; n.Phase != want {
			rephased = true
			_ = s.writeUnit(n.index, unitPhase, want)
		}
		out[b] = append(out[b], n)
	}
	for _, b := range s.targets {
		if b.tree == 0 {
			owners[b.Container] = append(owners[b.Container], b)
		} else if u, ok := s.unit(b.tree); ok {
			bind(b, numbered{u, b.tree})
		}
	}
	if len(owners) == 0 {
		return out, rephased
	}
	for i := uint32(treeUnits); i < treeUnits+s.unitsUsed(); i++ {
		u, ok := s.unit(i)
		if !ok {
			continue
		}
		for _, b := range owners[containerOf(u)] {
			bind(b, numbered{u, i})
		}
	}
	return out, rephased
}

// text reads a NUL-terminated string of the kernel. Processes name themselves as
// they like, and the kernel cuts names in the middle of a character.
func text(b []int8) string {
	out := make([]byte, 0, len(b))
	for _, c := range b {
		if c == 0 {
			break
		}
		out = append(out, byte(c))
	}
	return valid(string(out))
}

// valid makes a string that JSON can hold.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// words reads NUL-separated arguments; the last may have been cut.
func words(b []int8, size uint32) []string {
	size = min(size, uint32(len(b)))
	raw := make([]byte, size)
	for i := range raw {
		raw[i] = byte(b[i])
	}
	joined := strings.TrimSuffix(string(raw), "\x00")
	if joined == "" {
		return nil
	}
	return strings.Split(valid(joined), "\x00")
}
