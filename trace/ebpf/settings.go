package ebpf

import (
	"fmt"

	"golang.org/x/sys/unix"

	"batten/profiles"
)

// fileSettings are the ways of recording files, as in the programs.
var fileSettings = map[profiles.FileTracing]uint32{profiles.FilesLSM: 1, profiles.FilesFentry: 1, profiles.FilesCalls: 2}

// prepare sets what the programs need before they are attached.
func (l *loaded) prepare(o Options, capable func() (start, end uint64)) error {
	s := objectsSession{Generation: 1}
	s.Files = fileSettings[l.files]
	for _, e := range append([]int{int(unix.EPERM), int(unix.ENOSYS)}, o.Errnos...) {
		if e <= 0 || e/64 >= len(s.Errnos) {
			return fmt.Errorf("watch for errno %d: the kernel has none like it", e)
		}
		s.Errnos[e/64] |= 1 << (e % 64)
	}
	var err error
	if s.Attached, err = bootTime(); err != nil {
		return err
	}
	if s.HostMntns, err = mountNamespace(); err != nil {
		return err
	}
	if err := l.Variables["settings"].Set(s); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	if l.seesCapabilities() {
		start, end := capable()
		if err := l.Variables["cap_capable_start"].Set(start); err != nil {
			return fmt.Errorf("write settings: %w", err)
		}
		if err := l.Variables["cap_capable_end"].Set(end); err != nil {
			return fmt.Errorf("write settings: %w", err)
		}
	}
	return nil
}

// change edits the settings and then moves the generation, so that every thread
// asks again who it is. User space is their only writer.
func (l *loaded) change(edit func(*objectsSession)) error {
	var s objectsSession
	v := l.Variables["settings"]
	if err := v.Get(&s); err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	edit(&s)
	if err := v.Set(s); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	s.Generation++
	if err := v.Set(s); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	return nil
}

// bootTime is the clock of task_struct.start_boottime and bpf_ktime_get_boot_ns,
// in nanoseconds.
func bootTime() (uint64, error) {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return 0, fmt.Errorf("read boot clock: %w", err)
	}
	return uint64(ts.Nano()), nil
}

func mountNamespace() (uint32, error) {
	var st unix.Stat_t
	if err := unix.Stat("/proc/self/ns/mnt", &st); err != nil {
		return 0, fmt.Errorf("read mount namespace: %w", err)
	}
	return uint32(st.Ino), nil
}
