package compose

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// tempMark begins the name of a session's temporary folder: tempMark PID "-" RANDOM.
const tempMark = "batten-compose-"

// sweep removes the folders of sessions whose process was killed. Others may put
// anything into the temporary folder: only real folders of this user are touched.
func sweep(temp string) {
	names, _ := filepath.Glob(filepath.Join(temp, tempMark+"*-*"))
	for _, name := range names {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(name), tempMark), "-")
		n, err := strconv.Atoi(pid)
		if err != nil || n <= 0 || !errors.Is(syscall.Kill(n, 0), syscall.ESRCH) {
			continue
		}
		info, err := os.Lstat(name)
		if err != nil || !info.IsDir() {
			continue
		}
		if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) == os.Geteuid() {
			_ = os.RemoveAll(name)
		}
	}
}
