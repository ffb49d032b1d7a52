package engine

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const capSysAdmin = unix.CAP_SYS_ADMIN

func kernelRelease() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Release[:])
}

// hasCapability tells whether this process has a capability in effect.
func hasCapability(n uint) bool {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(data)) {
		if hex, ok := strings.CutPrefix(line, "CapEff:"); ok {
			bits, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
			return err == nil && bits&(1<<n) != 0
		}
	}
	return false
}
