package require

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// nobody owns nothing and may do nothing.
const nobody = 65534

// Unprivileged makes a test run as a user without privilege. As root it runs the
// test again as such a user, in a process of its own, takes over the result and
// returns false: the caller has nothing left to do.
func Unprivileged(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() != 0 {
		return true
	}
	pattern := "^" + strings.ReplaceAll(t.Name(), "/", "$/^") + "$"
	again := exec.Command("/proc/self/exe", "-test.run", pattern, "-test.v")
	again.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := again.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("as another user: %v\n%s", err, out)
	}
	return false
}
