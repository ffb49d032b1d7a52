package ebpf_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"unicode/utf8"

	"batten/internal/launch"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
	"batten/profiles"
	"batten/trace/ebpf"
)

func denials(r profiles.Recording) []string {
	var out []string
	for _, d := range r.Denied {
		line := d.Name + " " + strconv.Itoa(d.Errno)
		if d.Killed {
			line = d.Name + " killed"
		}
		out = append(out, line)
	}
	return distinct(out)
}

func TestTheVeryFirstCallOfAProcessOrThreadIsSeenAsRefused(t *testing.T) {
	path := program(t, "firstcall")
	for _, form := range ebpf.Forms() {
		t.Run(string(form), func(t *testing.T) {
			r, _ := record(t, ebpf.Options{Form: form}, launch.Command{Args: []string{path}, Filter: denyFilter(1, 161, 163)})
			same(t, "denied", denials(r), []string{"acct 1", "chroot 1"})
		})
	}
}

func TestAFilterThatKillsOneThreadIsNamed(t *testing.T) {
	path := program(t, "killthread")
	filter := denyFilter(0, 161)
	filter[2].K = 0 // SECCOMP_RET_KILL_THREAD
	for _, form := range ebpf.Forms() {
		t.Run(string(form), func(t *testing.T) {
			r, code := record(t, ebpf.Options{Form: form}, launch.Command{Args: []string{path}, Filter: filter})
			if code != 0 {
				t.Errorf("exit code %d: the whole process ended", code)
			}
			same(t, "denied", denials(r), []string{"chroot killed"})
		})
	}
}

func TestAnErrnoOfAnySizeIsARefusal(t *testing.T) {
	path := program(t, "firstcall")
	for _, errno := range []int{13, 63, 64, 95, 110} {
		r, _ := record(t, ebpf.Options{Errnos: []int{errno}}, launch.Command{Args: []string{path}, Filter: denyFilter(uint32(errno), 161, 163)})
		same(t, "denied", denials(r), []string{"acct " + strconv.Itoa(errno), "chroot " + strconv.Itoa(errno)})
	}
}

func TestCallsThatNoKernelKnowsFillNothing(t *testing.T) {
	r, _ := record(t, ebpf.Options{}, launch.Command{Args: []string{program(t, "numbers")}})
	if len(r.Syscalls) > 1500 {
		t.Errorf("%d calls are kept", len(r.Syscalls))
	}
	if !r.Loss.Complete() {
		t.Errorf("loss: %+v", r.Loss)
	}
	if !slices.Contains(calls(r, profiles.PartApplication), "syscall_500") {
		t.Error("a call near the known ones is missing")
	}
}

func TestRefusalsByArgumentAreToldFromTheKernelsOwnUnderSignals(t *testing.T) {
	path := program(t, "mixed")
	for dir := filepath.Dir(path); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	filter := []syscall.SockFilter{
		{Code: 0x20, K: 0}, {Code: 0x15, Jf: 3, K: syscall.SYS_GETPRIORITY},
		{Code: 0x20, K: 24}, {Code: 0x15, Jf: 1, K: 4242}, // low word of argument 1
		{Code: 0x06, K: 0x00050001}, {Code: 0x06, K: 0x7fff0000},
	}
	for _, form := range ebpf.Forms() {
		t.Run(string(form), func(t *testing.T) {
			o := ebpf.Options{Form: form, FilteredCalls: []string{"getpriority"}, Errnos: []int{4, 11, 13}}
			r, code := record(t, o, launch.Command{
				Args: []string{path}, Filter: filter, Credential: &syscall.Credential{Uid: 65534, Gid: 65534},
			})
			if code != 0 {
				t.Fatalf("exit code %d", code)
			}
			same(t, "denied", denials(r), []string{"getpriority 1"})
			got := calls(r, profiles.PartApplication)
			for _, name := range []string{"getpriority", "setpriority", "ioprio_set", "clock_nanosleep", "rt_sigreturn"} {
				if !slices.Contains(got, name) {
					t.Errorf("%s is missing in %v", name, got)
				}
			}
			if !r.Loss.Complete() {
				t.Errorf("loss: %+v", r.Loss)
			}
		})
	}
}

func TestNamesThatAreNoTextAreMadeText(t *testing.T) {
	require.EBPF(t)
	raw, err := os.ReadFile(images.Program(t, "known"))
	path := t.TempDir() + "/\xff\x1b[31m\xc3"
	if err == nil {
		err = os.WriteFile(path, raw, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	r, _ := record(t, ebpf.Options{}, launch.Command{Args: []string{"sh", "-c", `exec "$0"/*31m* $(printf "\376")`, filepath.Dir(path)}})
	check := func(list ...string) {
		for _, s := range list {
			if !utf8.ValidString(s) {
				t.Errorf("%q", s)
			}
		}
	}
	for _, e := range r.Entries {
		check(append(e.Args, e.Program)...)
	}
	for _, p := range r.Programs {
		check(p.Path)
	}
	for _, c := range r.Syscalls {
		check(c.First.Comm, c.First.Program)
	}
}
