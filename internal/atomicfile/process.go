package atomicfile

import (
	"errors"
	"syscall"
)

// Running tells whether a process id is in use. It may be another program's by
// now: then a left-over stays a little longer, and nothing is lost.
func Running(pid int) bool {
	if pid <= 0 {
		return false
	}
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
