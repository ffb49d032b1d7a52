package engine

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"batten/plan"
	"batten/profiles"
)

// recordedShop is a project with a service of which files were recorded, one of which
// they were not, and one without a recording.
func recordedShop(t *testing.T, compose string) (*Engine, string) {
	t.Helper()
	dir := t.TempDir()
	put := func(name string, data []byte) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("compose.yaml", []byte(compose))
	for name, files := range map[string]profiles.FileTracing{"web": profiles.FilesLSM, "old": ""} {
		put("hardened/recordings/"+name+".json", encode(t, shopRecording(name, files)))
	}
	e, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return e, dir
}

func encode(t *testing.T, rec profiles.Recording) []byte {
	t.Helper()
	p, err := mergeRuns([]profiles.Recording{rec})
	if err != nil {
		t.Fatal(err)
	}
	data, err := encodeProfile(p)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func shopRecording(name string, files profiles.FileTracing) profiles.Recording {
	app := func(path string, access ...profiles.Access) profiles.File {
		return profiles.File{Path: path, Access: access, Program: "/usr/sbin/web", Part: profiles.PartApplication,
			Mount: profiles.MountRoot, Phases: []profiles.Phase{profiles.PhaseStartup}, Runs: 1}
	}
	rec := profiles.Recording{
		Schema:  profiles.RecordingSchema,
		Service: profiles.Service{Name: name, Project: "shop", Kind: profiles.KindContainer, Image: "example.org/web:1"},
		Run: profiles.Run{Backend: "ebpf/tp_btf", Arch: profiles.ArchX8664, Seccomp: profiles.SeccompRecord, StartupSeen: true,
			Seconds: 10, Files: files},
	}
	rec.Entries = []profiles.Entry{{ID: profiles.MainEntry, Kind: profiles.EntryMain, Program: "/usr/sbin/web", Runs: 1}}
	rec.Syscalls = []profiles.Syscall{{Name: "read", Arch: profiles.ArchX8664, Part: profiles.PartApplication, Phases: []profiles.Phase{profiles.PhaseSteady}, Runs: 1}}
	rec.Capabilities = []profiles.Capability{{Name: "CAP_CHOWN", Granted: true, Part: profiles.PartApplication, Phases: []profiles.Phase{profiles.PhaseStartup}, Class: profiles.ClassNeed, Runs: 1}}
	rec.Programs = []profiles.Program{{Path: "/usr/sbin/web", Part: profiles.PartApplication, Runs: 1}}
	if files != "" {
		rec.Files = []profiles.File{
			app("/etc/web.conf", profiles.AccessRead), app("/run/web.pid", profiles.AccessCreate, profiles.AccessWrite),
			app("/usr/sbin/web", profiles.AccessExecute, profiles.AccessMap, profiles.AccessRead),
		}
	}
	return rec
}

const shopCompose = `name: shop
services:
  web: {image: "example.org/web:1"}
  old: {image: "example.org/web:1"}
  none: {image: "example.org/web:1"}
`

func hardenOffline(t *testing.T, e *Engine, choice AppArmor) *Hardening {
	t.Helper()
	h, err := e.Harden(t.Context(), HardenRequest{SurveyRequest: SurveyRequest{Offline: true, AppArmor: choice}})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func artifact(h *Hardening, path string) string {
	for _, a := range h.artifacts {
		if a.Path == path {
			return string(a.Content)
		}
	}
	return ""
}

const webProfile = "hardened/apparmor/batten.shop.web"

func TestAProfileIsMadeForWhatWasRecordedAndNamedWhenWanted(t *testing.T) {
	if kernelAppArmor("/") {
		t.Setenv("DOCKER_HOST", "unix:///nowhere") // the choice, and not this kernel, decides below
	}
	e, dir := recordedShop(t, shopCompose)
	for _, c := range []struct {
		choice          AppArmor
		settings        string
		made, named     bool
		complain, apply bool
	}{
		{AppArmorOn, "", true, true, false, true},
		{AppArmorOff, "", false, false, false, false},
		{AppArmorAuto, "", true, kernelAppArmor("/"), false, kernelAppArmor("/")},
		{"", "apparmor: on\n", true, true, false, true},
		{AppArmorOff, "apparmor: on\n", false, false, false, false},
		{AppArmorComplain, "", true, kernelAppArmor("/"), true, kernelAppArmor("/")},
		{AppArmorOn, "decisions:\n- {rule: B015/web, skip: it has to mount}\n", false, false, false, false},
	} {
		if err := os.WriteFile(filepath.Join(dir, "batten.yaml"), []byte(c.settings), 0o644); err != nil {
			t.Fatal(err)
		}
		h := hardenOffline(t, e, c.choice)
		text := artifact(h, webProfile)
		if (text != "") != c.made || c.made && !strings.Contains(text, "profile batten.shop.web ") {
			t.Errorf("%+v: %s", c, text)
		}
		if strings.Contains(text, "complain") != c.complain {
			t.Errorf("%+v: complain mode: %s", c, text)
		}
		file := artifact(h, "compose.hardened.yml")
		if strings.Contains(file, "apparmor=batten.shop.web") != c.named || strings.Count(file, "apparmor=") > 1 {
			t.Errorf("%+v: %s", c, file)
		}
		page := artifact(h, "hardened/APPLY.md")
		if strings.Contains(page, "sudo apparmor_parser -r -W "+webProfile) != c.apply {
			t.Errorf("%+v: %s", c, page)
		}
		if got := len(h.AppArmor) > 0; got != c.made || got && h.AppArmor[0].Named != c.named {
			t.Errorf("%+v: %+v", c, h.AppArmor)
		}
	}
}

func TestAProfileIsForWhatThePlanLeavesAService(t *testing.T) {
	e, _ := recordedShop(t, `name: shop
services:
  web:
    image: example.org/web:1
    secrets: [token, {source: key, target: /etc/web.key}]
    configs: [{source: site, target: /etc/site.conf}]
secrets: {token: {file: ./token}, key: {file: ./key}}
configs: {site: {file: ./site}}
`)
	h := hardenOffline(t, e, AppArmorOn)
	if !h.Plan.Applies("B004", "web") {
		t.Fatal("the fixture does not settle capabilities")
	}
	text := artifact(h, webProfile)
	for _, want := range []string{"capability chown,", `"/run/secrets/token" r`, `"/etc/web.key" r`, `"/etc/site.conf" r`, `"/etc/web.conf" r`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing in\n%s", want, text)
		}
	}
	if strings.Contains(text, "net_raw") {
		t.Errorf("a capability that the plan takes away is allowed:\n%s", text)
	}
}

func TestWhatWasNotRecordedKeepsAProfileFromBeingNamed(t *testing.T) {
	e, _ := recordedShop(t, "name: shop\nservices:\n  web:\n    image: example.org/web:1\n    entrypoint: [/bin/sh, -ec, 'exec web \"$$(cat /run/secrets/x)\"']\n")
	h := hardenOffline(t, e, AppArmorOn)
	if h.Plan.Applies("B015", "web") || artifact(h, webProfile) != "" {
		t.Error("a profile without the shell that starts the service is named")
	}
	if !slices.ContainsFunc(h.Plan.Decisions, func(d plan.Decision) bool {
		return d.Finding.ID() == "B015/web" && strings.Contains(d.Finding.Fix.Blocked, "a shell that reads secrets")
	}) {
		t.Errorf("and nobody says so: %+v", h.Plan.Decisions)
	}
}

func TestTheUsersOwnProfileStaysAndASwarmGetsNone(t *testing.T) {
	e, _ := recordedShop(t, "name: shop\nservices:\n  web: {image: 'example.org/web:1', security_opt: ['apparmor=mine']}\n")
	if h := hardenOffline(t, e, AppArmorOn); artifact(h, webProfile) != "" || !strings.Contains(artifact(h, "compose.hardened.yml"), "apparmor=mine") {
		t.Error("the user's own profile was replaced")
	}
	e, _ = recordedShop(t, shopCompose)
	h, err := e.Harden(t.Context(), HardenRequest{SurveyRequest: SurveyRequest{Offline: true, AppArmor: AppArmorOn, Target: plan.TargetSwarm}})
	if err != nil {
		t.Fatal(err)
	}
	if artifact(h, webProfile) != "" || h.Plan.Applies("B015", "web") {
		t.Error("a profile that a stack ignores was made")
	}
}

func TestCheckTellsWhenRecordingOrProfileDrifted(t *testing.T) {
	e, dir := recordedShop(t, shopCompose)
	h := hardenOffline(t, e, AppArmorOn)
	if err := e.Write(h); err != nil {
		t.Fatal(err)
	}
	// A second time everything is as it is, and in place of itself.
	if h = hardenOffline(t, e, AppArmorOn); slices.ContainsFunc(h.Files, func(f FileChange) bool { return f.State != StateSame }) {
		t.Errorf("%+v", h.Files)
	}
	drift := func() []string {
		c, err := e.Check(t.Context(), CheckRequest{SurveyRequest: SurveyRequest{Offline: true, AppArmor: AppArmorOn}, FailOn: FailOnNone})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, d := range c.Drift {
			out = append(out, string(d.Kind)+" "+d.Path)
		}
		return out
	}
	if got := drift(); len(got) != 0 {
		t.Errorf("%q", got)
	}
	path := filepath.Join(dir, webProfile)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, "# more\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := drift(); !slices.Equal(got, []string{"output " + webProfile}) {
		t.Errorf("%q", got)
	}
	if err := os.WriteFile(path, []byte("profile x {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := e.Write(hardenOffline(t, e, AppArmorOn)); err == nil {
		t.Error("somebody else's file was replaced")
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	rec := shopRecording("web", profiles.FilesLSM)
	rec.Files = rec.Files[:1]
	if err := os.WriteFile(filepath.Join(dir, "hardened/recordings/web.json"), encode(t, rec), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := drift(); !slices.Equal(got, []string{"input hardened/recordings/web.json"}) {
		t.Errorf("%q", got)
	}
}

func TestTheKernelSaysWhetherItConfines(t *testing.T) {
	root := t.TempDir()
	if kernelAppArmor(root) {
		t.Error("without the module")
	}
	path := filepath.Join(root, "sys/module/apparmor/parameters")
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"Y\n": true, "N\n": false} {
		if err := os.WriteFile(filepath.Join(path, "enabled"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if kernelAppArmor(root) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func TestAHardeningSaysOfItsProfilesInJSON(t *testing.T) {
	e, _ := recordedShop(t, shopCompose)
	data, err := json.Marshal(hardenOffline(t, e, AppArmorOn))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(`"apparmor":[{"service":"web","name":"batten.shop.web","path":"`+webProfile+`","named":true`)) {
		t.Errorf("%s", data)
	}
}
