package seccomp

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"batten/internal/testenv/require"
)

func TestExports(t *testing.T) {
	r := generate(t, web(), Options{NoNewPrivileges: true})
	k, err := Kubernetes(r, "Web_Front")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "web-kubernetes.json", k.JSON)
	golden(t, "web-kubernetes.yaml", k.Snippet)
	spo, err := SPO(r, "Web_Front")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "web-spo.yaml", spo)
	unit, err := Systemd(r)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "web-systemd.conf", unit)
}

func TestExportsOfAnArchMapAreFlat(t *testing.T) {
	r := generate(t, web(), Options{NoNewPrivileges: true, ExtraArch: hosts[1:2]})
	k, err := Kubernetes(r, "web")
	if err != nil {
		t.Fatal(err)
	}
	p, err := Parse(k.JSON)
	if err != nil || !p.Flat() || len(p.Architectures) != 1 {
		t.Errorf("%v, error %v", p, err)
	}
}

func TestOperatorProfileIsYAMLAndMeansTheSame(t *testing.T) {
	r := generate(t, web(), Options{NoNewPrivileges: true})
	raw, err := SPO(r, "x")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Spec struct {
			DefaultAction Action   `yaml:"defaultAction"`
			Architectures []string `yaml:"architectures"`
			Syscalls      []struct {
				Names    []string `yaml:"names"`
				Action   Action   `yaml:"action"`
				ErrnoRet *uint    `yaml:"errnoRet"`
				Args     []struct {
					Index    uint   `yaml:"index"`
					Value    uint64 `yaml:"value"`
					ValueTwo uint64 `yaml:"valueTwo"`
					Op       Op     `yaml:"op"`
				} `yaml:"args"`
			} `yaml:"syscalls"`
		} `yaml:"spec"`
	}
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	p := &Policy{DefaultAction: doc.Spec.DefaultAction, DefaultErrnoRet: errno(ENOSYS), Architectures: doc.Spec.Architectures}
	for _, s := range doc.Spec.Syscalls {
		rule := Rule{Names: s.Names, Action: s.Action, ErrnoRet: s.ErrnoRet}
		for _, a := range s.Args {
			rule.Args = append(rule.Args, Arg(a))
		}
		p.Syscalls = append(p.Syscalls, rule)
	}
	f, err := Assemble(p, r.Arch)
	if err != nil {
		t.Fatal(err)
	}
	if err := Verify(r.Policy, f, r.Arch); err != nil {
		t.Error(err)
	}
}

func TestObjectNamesAreThoseOfKubernetes(t *testing.T) {
	for in, want := range map[string]string{
		"web": "web", "Web_Front": "web-front", "../../etc": "etc", "": "service", "\x1b[31m": "31m",
		strings.Repeat("a", 200): strings.Repeat("a", 60), "--": "service", "a\nb: c": "a-b-c",
	} {
		if got := objectName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestSystemdTakesTheDropIn(t *testing.T) {
	tool := require.Tool(t, "docker", "systemd-analyze")
	unit, err := Systemd(generate(t, web(), Options{NoNewPrivileges: true}))
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/batten-test.service"
	if err := os.WriteFile(path, append(unit, "ExecStart=/bin/true\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "verify", "--man=no", path).CombinedOutput()
	if strings.Contains(string(out), path) || strings.Contains(string(out), "batten-test.service:") {
		t.Errorf("%s (%v)", out, err)
	}
	t.Logf("%s %v", out, err)
}
