package ebpf_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"batten/internal/launch"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
)

func TestEveryFormRecordsExactlyWhatAProgramCallsAndWhatStraceSaw(t *testing.T) {
	require.EBPF(t)
	program := images.Program(t, "known")
	want := distinct(images.KnownCalls(t))
	same(t, "strace", straced(t, program), want)
	for _, form := range ebpf.Forms() {
		t.Run(string(form), func(t *testing.T) {
			r, _ := record(t, ebpf.Options{Form: form}, launch.Command{Args: []string{program}})
			same(t, "application", calls(r, profiles.PartApplication), want)
			same(t, "starter", calls(r, profiles.PartRuntime), []string{"execve"})
			if len(r.Denied) > 0 {
				t.Errorf("denied: %+v", r.Denied)
			}
			if r.Loss != (profiles.Loss{}) {
				t.Errorf("loss: %+v", r.Loss)
			}
		})
	}
}

var straceLine = regexp.MustCompile(`(?m)^(?:\d+\s+)?([a-z_0-9]+)\(`)

// straced lists what strace -f saw, without the execve that starts the program.
func straced(t *testing.T, program string) []string {
	t.Helper()
	strace := require.Tool(t, "ebpf", "strace")
	log := t.TempDir() + "/log"
	out, err := exec.Command(strace, "-f", "-o", log, program).CombinedOutput()
	if err != nil {
		t.Logf("%s: %v %s", program, err, out)
	}
	raw, err := exec.Command("cat", log).Output()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range straceLine.FindAllSubmatch(raw, -1) {
		names = append(names, string(m[1]))
	}
	return distinct(slices.DeleteFunc(names, func(n string) bool { return n == "execve" }))
}

func TestArgumentsOfAFiniteKindAreKept(t *testing.T) {
	require.EBPF(t)
	r, _ := record(t, ebpf.Options{}, launch.Command{Args: []string{images.Program(t, "known")}})
	want := map[string][][]uint64{
		"socket": {{1, 1, 0}, {2, 1, 0}}, "personality": {{0xffffffff}}, "prctl": {{16}}, "ioctl": {{0x5401}},
	}
	for _, s := range r.Syscalls {
		values, ok := want[s.Name]
		if !ok || s.Part != profiles.PartApplication {
			continue
		}
		delete(want, s.Name)
		if s.Args == nil || !s.Args.Complete || !slices.EqualFunc(s.Args.Values, values, slices.Equal[[]uint64]) {
			t.Errorf("%s: %+v, want %v", s.Name, s.Args, values)
		}
	}
	if len(want) > 0 {
		t.Errorf("not recorded: %v", want)
	}
}

// denyFilter answers two calls with an error and allows the rest.
func denyFilter(errno uint32, numbers ...uint32) []syscall.SockFilter {
	f := []syscall.SockFilter{{Code: 0x20, K: 0}} // ld nr
	for _, n := range numbers {
		f = append(f, syscall.SockFilter{Code: 0x15, Jt: 0, Jf: 1, K: n}, syscall.SockFilter{Code: 0x06, K: 0x00050000 | errno})
	}
	return append(f, syscall.SockFilter{Code: 0x06, K: 0x7fff0000})
}

func TestARefusedCallIsSeenAsDeniedWithItsErrnoAndNeverAsLetThrough(t *testing.T) {
	require.EBPF(t)
	for _, form := range ebpf.Forms() {
		for _, errno := range []syscall.Errno{syscall.EPERM, syscall.ENOSYS} {
			t.Run(string(form)+"/"+errno.Error(), func(t *testing.T) {
				r, _ := record(t, ebpf.Options{Form: form}, launch.Command{
					// chroot, acct, chroot again: 161, 163.
					Args:   []string{images.Program(t, "denied"), "161", "163", "161"},
					Filter: denyFilter(uint32(errno), 161, 163),
				})
				var got []string
				for _, d := range r.Denied {
					got = append(got, d.Name+" "+strconv.Itoa(d.Errno))
				}
				n := strconv.Itoa(int(errno))
				same(t, "denied", got, []string{"acct " + n, "chroot " + n})
				if slices.Contains(calls(r, profiles.PartApplication), "chroot") {
					t.Error("chroot counts as let through")
				}
			})
		}
	}
}

func TestAnErrorOfTheKernelIsNoDenial(t *testing.T) {
	require.EBPF(t)
	// chroot by nobody fails with EPERM in the kernel, not in a filter; the like
	// with an argument, and twice in a row.
	program := filepath.Join(t.TempDir(), "denied")
	raw, err := os.ReadFile(images.Program(t, "denied"))
	if err == nil {
		err = os.WriteFile(program, raw, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	for dir := filepath.Dir(program); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	r, _ := record(t, ebpf.Options{}, launch.Command{
		Args:       []string{program, "161", "161", "308", "308", "161"},
		Credential: &syscall.Credential{Uid: 65534, Gid: 65534},
	})
	if len(r.Denied) > 0 {
		t.Errorf("denied: %+v", r.Denied)
	}
	if !slices.Contains(calls(r, profiles.PartApplication), "chroot") {
		t.Error("chroot is missing")
	}
}

func TestAKillingFilterIsNamed(t *testing.T) {
	require.EBPF(t)
	filter := denyFilter(0, 161)
	filter[2].K = 0x80000000 // SECCOMP_RET_KILL_PROCESS
	r, code := record(t, ebpf.Options{}, launch.Command{Args: []string{images.Program(t, "denied"), "161"}, Filter: filter})
	if code != 128+31 {
		t.Errorf("exit code %d, want SIGSYS", code)
	}
	if len(r.Denied) != 1 || r.Denied[0].Name != "chroot" || !r.Denied[0].Killed {
		t.Errorf("denied: %+v", r.Denied)
	}
}

func TestThreadsForksAndOrphansBelongToTheCommand(t *testing.T) {
	require.EBPF(t)
	r, code := record(t, ebpf.Options{}, launch.Command{Args: []string{"sh", "-c",
		images.Program(t, "threads") + "; (sleep 0.3; mkdir -p " + t.TempDir() + "/late) & exit 5"}})
	if code != 5 {
		t.Errorf("exit code %d", code)
	}
	got := calls(r, profiles.PartApplication)
	for _, name := range []string{"clone3", "mkdir", "wait4", "execve"} {
		if !slices.Contains(got, name) {
			t.Errorf("%s is missing in %v", name, got)
		}
	}
}

func TestAttachingToARunningProcessSaysThatTheStartWasNotSeen(t *testing.T) {
	require.EBPF(t)
	cmd := exec.Command("sh", "-c", "read x; uname -a; read y")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := start(t, ebpf.Options{}, trace.Target{Service: profiles.Service{Name: "shell", Kind: profiles.KindProcess}, PID: cmd.Process.Pid})
	in.Write([]byte("go\n"))
	deadline := time.Now().Add(20 * time.Second)
	var r profiles.Recording
	for time.Now().Before(deadline) {
		rs, err := s.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		if r = rs[0]; slices.Contains(calls(r, profiles.PartApplication), "uname") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if !slices.Contains(calls(r, profiles.PartApplication), "uname") {
		t.Fatalf("uname is missing: %v", calls(r, profiles.PartApplication))
	}
	if r.Run.StartupSeen {
		t.Error("the start counts as seen")
	}
	in.Write([]byte("end\n"))
	if err := cmd.Wait(); err != nil || out.Len() == 0 {
		t.Errorf("the process did not go on: %v, output %q", err, out.String())
	}
	select {
	case <-s.Exited():
	case <-time.After(10 * time.Second):
		t.Error("its end was not seen")
	}
	stop(t, s)
}

// What the kernel asks without a consequence: at each mapping, which the trace point
// tells, or, where functions are watched and the compiler may have put that question
// into its caller, when the state of another user's process is read.
func TestCapabilityChecksAreToldFromTheKernelsNoise(t *testing.T) {
	require.EBPF(t)
	if os.Getenv(allWays) == "" {
		capabilityChecks(t, ebpf.Options{}, "true", "CAP_SYS_ADMIN") // the best way
		return
	}
	other := exec.CommandContext(t.Context(), "sleep", "600")
	other.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Process.Kill(); _ = other.Wait() })
	for _, way := range []ebpf.CapabilityTracing{ebpf.CapabilitiesFexit, ebpf.CapabilitiesKprobe} {
		t.Run(string(way), func(t *testing.T) {
			capabilityChecks(t, ebpf.Options{Capabilities: way, NoFiles: true}, fmt.Sprintf("cat /proc/%d/stat", other.Process.Pid), "CAP_SYS_PTRACE")
		})
	}
}

func capabilityChecks(t *testing.T, o ebpf.Options, stimulus, noise string) {
	t.Helper()
	file := t.TempDir() + "/file"
	r, _ := record(t, o, launch.Command{Args: []string{"sh", "-c", stimulus + " && touch " + file + " && chown 1234 " + file}})
	needs := map[string]string{}
	asked := map[string]bool{}
	for _, c := range r.Capabilities {
		switch c.Class {
		case profiles.ClassNeed:
			needs[c.Name] = c.Caller + " in " + c.Syscall
		case profiles.ClassNoise:
			asked[c.Name] = true
		default:
			t.Errorf("unclassified: %+v", c)
		}
	}
	if len(needs) != 1 || needs["CAP_CHOWN"] == "" {
		t.Errorf("needs: %v", needs)
	}
	if !asked[noise] {
		t.Errorf("%s was not seen and classified away: %v", noise, asked)
	}
	t.Log(needs)
}

func TestWhatCannotBeTracedIsNamed(t *testing.T) {
	require.EBPF(t)
	for name, target := range map[string]trace.Target{
		"missing process":    {PID: 1 << 22},
		"missing program":    {Command: &launch.Command{Args: []string{"/nowhere"}}},
		"no target":          {},
		"bad container name": {Container: "../../etc"},
	} {
		if _, err := ebpf.New(ebpf.Options{}).Start(t.Context(), []trace.Target{target}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
