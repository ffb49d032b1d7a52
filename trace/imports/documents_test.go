package imports

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"batten/profiles"
)

const spoYAML = `apiVersion: security-profiles-operator.x-k8s.io/v1beta1
kind: SeccompProfile
metadata:
  name: cache-redis
  namespace: shop
spec:
  defaultAction: SCMP_ACT_ERRNO
  architectures: [SCMP_ARCH_X86_64]
  syscalls:
  - action: SCMP_ACT_ALLOW
    names: [read, write, openat, no_such_call]
  - action: SCMP_ACT_ERRNO
    names: [mount]
`

const spoJSON = `{"apiVersion":"security-profiles-operator.x-k8s.io/v1beta1","kind":"SeccompProfile","metadata":{"name":"x"},
"spec":{"defaultAction":"SCMP_ACT_ERRNO","baseProfileName":"runc-v1.4","syscalls":[{"action":"SCMP_ACT_ALLOW","names":["read"]}]}}`

const ociJSON = `{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38,"architectures":["SCMP_ARCH_ARM","SCMP_ARCH_AARCH64"],
"syscalls":[{"names":["openat","open","newfstatat"],"action":"SCMP_ACT_ALLOW","args":[],"comment":""},
{"name":"read","action":"SCMP_ACT_ALLOW"},
{"names":["mount"],"action":"SCMP_ACT_ALLOW","includes":{"caps":["CAP_SYS_ADMIN"]}},
{"names":["arch_prctl"],"action":"SCMP_ACT_ALLOW","includes":{"arches":["amd64"]}},
{"names":["write"],"action":"SCMP_ACT_ALLOW","includes":{"arches":["arm64"]}},
{"names":["bpf"],"action":"SCMP_ACT_ERRNO","errnoRet":1}]}`

func TestSPOProfilesBecomeRecordings(t *testing.T) {
	r, err := SPO(strings.NewReader(spoYAML))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"application x86_64 openat", "application x86_64 read", "application x86_64 write"}, calls(r)); d != "" {
		t.Error(d)
	}
	if r.Service.Name != "cache-redis" || r.Run.Backend != "import/spo" || r.Run.StartupSeen || r.Loss.Partial {
		t.Errorf("%+v %+v %+v", r.Service, r.Run, r.Loss)
	}
	if err := r.Encode(&bytes.Buffer{}); err != nil {
		t.Error(err)
	}
	r, err = SPO(strings.NewReader(spoJSON))
	if err != nil {
		t.Fatal(err)
	}
	if !r.Loss.Partial || r.Run.Arch != profiles.ArchX8664 {
		t.Errorf("a profile on top of another: %+v %+v", r.Loss, r.Run)
	}
}

func TestSeccompProfilesBecomeRecordings(t *testing.T) {
	r, err := OCIHook(strings.NewReader(ociJSON))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"application aarch64 newfstatat", "application aarch64 openat", "application aarch64 read", "application aarch64 write"}
	if d := cmp.Diff(want, calls(r)); d != "" {
		t.Error(d)
	}
	if r.Run.Backend != "import/oci-seccomp" || r.Run.Arch != profiles.ArchAARCH64 || r.Service.Name != "imported" {
		t.Errorf("%+v %+v", r.Run, r.Service)
	}
}

func TestFiltersThatAreNoEvidenceAreRefused(t *testing.T) {
	for name, tc := range map[string]struct{ text, says string }{
		"allows everything":    {`{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[]}`, "refuses nothing"},
		"allows nothing":       {`{"defaultAction":"SCMP_ACT_ERRNO"}`, "allows no call"},
		"other architecture":   {`{"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_S390X"]}`, "known to batten"},
		"no default":           {`{"syscalls":[]}`, "no defaultAction"},
		"broken":               {"{\n\"defaultAction\": 3}", "line 2: defaultAction cannot be number"},
		"not JSON":             {"{\n\n}}", "line 3"},
		"too many rules":       {`{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[` + strings.Repeat("{},", maxRules) + `{}]}`, "more than 10000 rules"},
		"hostile action":       {`{"defaultAction":"\u001b[2J"}`, `"\x1b[2J"`},
		"hostile architecture": {`{"defaultAction":"SCMP_ACT_ERRNO","architectures":["` + strings.Repeat(`\u001b`, 500) + `"]}`, `"\x1b`},
	} {
		_, err := OCIHook(strings.NewReader(tc.text))
		if err == nil || !strings.Contains(err.Error(), tc.says) || strings.ContainsAny(err.Error(), "\n\x1b") || len(err.Error()) > 500 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"other kind":    "apiVersion: v1\nkind: Pod\n",
		"two documents": spoYAML + "---\n" + spoYAML,
		"empty":         "", "broken": "a: [", "a list": "- a\n", "long name": strings.Replace(spoYAML, "cache-redis", strings.Repeat("x", 300), 1),
		"aliases": "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\nkind: [*d,*d,*d,*d,*d,*d,*d,*d]\n",
	} {
		if _, err := SPO(strings.NewReader(text)); !errors.Is(err, ErrFormat) || strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := OCIHook(bytes.NewReader(make([]byte, maxDocument+1))); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
}

func ownFiles(t testing.TB) (recording, profile string) {
	t.Helper()
	r := parse(t, "execve(\"/a\", [\"a\"], 0x1) = 0\nread(0, \"\", 1) = 0\n")
	var b, c bytes.Buffer
	if err := errors.Join(r.Encode(&b), r.Profile().Encode(&c)); err != nil {
		t.Fatal(err)
	}
	return b.String(), c.String()
}

func TestDetectAndReadFindEachFormat(t *testing.T) {
	recording, profile := ownFiles(t)
	for name, tc := range map[string]struct {
		text string
		want Format
	}{
		"strace":           {"execve(\"/a\", [\"a\"], 0x1) = 0\n", FormatStrace},
		"strace, attached": {"strace: Process 5 attached\ngetpid() = 5\n", FormatStrace},
		"strace, output":   {"hello\nworld\n[pid 12] getpid() = 12\n", FormatStrace},
		"summary":          {"% time     seconds  usecs/call     calls    errors syscall\n------ ---- --- --- ---\n  1.00    0.0   7   8      read\n", FormatSummary},
		"spo yaml":         {spoYAML, FormatSPO},
		"spo yaml, marked": {"# recorded\n---\n" + spoYAML, FormatSPO},
		"spo json":         {spoJSON, FormatSPO},
		"oci":              {ociJSON, FormatOCI},
		"recording":        {recording, FormatRecording},
		"profile":          {profile, FormatProfile},
	} {
		got, err := Detect(strings.NewReader(tc.text))
		if err != nil || got != tc.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		p, got, err := Read(strings.NewReader(tc.text), Options{})
		if err != nil || got != tc.want || len(p.Syscalls) == 0 || len(p.Runs) != 1 {
			t.Errorf("%s: read %q, %d calls, %v", name, got, len(p.Syscalls), err)
		}
		if err := p.Encode(&bytes.Buffer{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNoFormatIsSaid(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "text": "just words\n", "json": `{"a":1}`, "broken json": `{"a":`, "yaml": "apiVersion: v1\nkind: Pod\n", "binary": "\x7fELF\x00",
	} {
		if f, err := Detect(strings.NewReader(text)); !errors.Is(err, ErrFormat) || f != FormatUnknown {
			t.Errorf("%s: %q, %v", name, f, err)
		}
		if _, _, err := Read(strings.NewReader(text), Options{}); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: read: %v", name, err)
		}
	}
	if _, err := Detect(strings.NewReader(`{"schema":"batten/plan/v1"}`)); !errors.Is(err, profiles.ErrSchema) {
		t.Errorf("a plan: %v", err)
	}
}

func TestTheCallerCanNameTheService(t *testing.T) {
	p, _, err := Read(strings.NewReader(ociJSON), Options{Service: profiles.Service{Name: "web", Project: "shop"}})
	if err != nil || p.Service.Name != "web" || p.Service.Project != "shop" || p.Service.Kind != profiles.KindContainer {
		t.Errorf("%+v, %v", p.Service, err)
	}
}

// checkRead holds for every input: an error of one line, or a profile that can be
// written and read back.
func checkRead(t *testing.T, p profiles.Profile, err error) {
	if err != nil {
		if strings.ContainsAny(err.Error(), "\n\r\x1b") || len(err.Error()) > 1000 {
			t.Fatalf("unclear error %q", err)
		}
		return
	}
	var b bytes.Buffer
	if err := p.Encode(&b); err != nil {
		t.Fatalf("cannot be written: %v", err)
	}
	if _, err := profiles.Decode(&b); err != nil {
		t.Fatalf("cannot be read back: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	recording, profile := ownFiles(f)
	for _, s := range []string{spoYAML, spoJSON, ociJSON, recording, profile, "getpid() = 1\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = Detect(bytes.NewReader(data))
		p, _, err := Read(bytes.NewReader(data), Options{})
		checkRead(t, p, err)
	})
}

func FuzzStrace(f *testing.F) {
	for _, name := range []string{"follow", "time", "step", "unix", "verbose", "numbers", "comm", "mixed", "summary"} {
		var b bytes.Buffer
		if _, err := b.ReadFrom(open(f, name+".log")); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte(`7 --- SIGSYS {si_code=SYS_SECCOMP, si_syscall=0x1ff} ---` + "\n+++ killed by SIGSYS +++\n<... read resumed>) = 0\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Strace(bytes.NewReader(data), Options{})
		checkRead(t, r.Profile(), err)
	})
}

func FuzzSPO(f *testing.F) {
	f.Add([]byte(spoYAML))
	f.Add([]byte(spoJSON))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := SPO(bytes.NewReader(data))
		checkRead(t, r.Profile(), err)
	})
}

func FuzzOCIHook(f *testing.F) {
	f.Add([]byte(ociJSON))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := OCIHook(bytes.NewReader(data))
		checkRead(t, r.Profile(), err)
	})
}

func BenchmarkStrace(b *testing.B) {
	var log bytes.Buffer
	for i := range 20000 {
		fmt.Fprintf(&log, "4711  10:00:00.%06d openat(AT_FDCWD, \"/etc/file\", O_RDONLY|O_CLOEXEC) = 3\n", i)
	}
	b.SetBytes(int64(log.Len()))
	for b.Loop() {
		if _, err := Strace(bytes.NewReader(log.Bytes()), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
