package apparmor

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"batten/internal/testenv/require"
	"batten/profiles"
)

func TestDockerDefaultMeansWhatTheEngineSays(t *testing.T) {
	r, err := Default("")
	if err != nil {
		t.Fatal(err)
	}
	const all = gotExec | gotWrite | gotRead | gotAppend | gotLink | gotLock | gotMap
	a := compiled(t, r.Text)[0]
	for name, want := range map[string]uint32{
		"/etc/shadow": all, "/usr/bin/x": all, "/": all, "/a\nb": all,
		"/proc/1/status": all, "/proc/4711/task/1/comm": all, "/proc/meminfo": all &^ (gotWrite | gotAppend),
		"/proc/sys/kernel/core_pattern": all &^ (gotWrite | gotAppend), "/proc/sys/kernel/shmmax": all, "/proc/sys/net/ipv4/ip_forward": all &^ (gotWrite | gotAppend),
		"/proc/sys/kernel/sh": all &^ (gotWrite | gotAppend), "/proc/irq/1/smp_affinity": all &^ (gotWrite | gotAppend),
		"/proc/scsi/scsi": all &^ (gotWrite | gotAppend), "/proc/1x/y": all &^ (gotWrite | gotAppend), "/proc/sysvipc/msg": all &^ (gotWrite | gotAppend),
		"/proc/sysrq-trigger": gotMap, "/proc/kcore": gotMap,
		"/sys/fs/cgroup/memory.max": all, "/sys/class/net/eth0": gotRead | gotMap, "/sys/fs/bpf/x": gotRead | gotMap,
		"/sys/fs/cg": gotRead | gotMap, "/sys/firmware/efi/x": gotMap, "/sys/kernel/security/apparmor/profiles": gotMap,
		"/sys/devices/virtual/powercap/x": gotMap,
	} {
		// A denied "l" counts only with the file that is linked to.
		if got := a.perms(name); got&^gotLink != want&^gotLink {
			t.Errorf("%s has permissions %#x, want %#x", name, got, want)
		}
	}
}

func TestAProfileIsNeverWiderThanDockerDefault(t *testing.T) {
	if _, err := parser(); err != nil {
		require.Missing(t, "vm", "apparmor_parser is not installed (scripts/setup.sh test installs it)")
	}
	d, err := Default("")
	if err != nil {
		t.Fatal(err)
	}
	before := compiled(t, d.Text)[0]
	parts := []string{"proc", "sys", "kernel", "fs", "cgroup", "1", "4711", "12x", "net", "shmmax", "sysrq-trigger", "kcore", "firmware", "security",
		"devices", "virtual", "powercap", "etc", "shadow", "tmp", "a-Xa91kQ", "a-b7Yz01", "111111", "222222", "self", "task", "attr"}
	rapid.Check(t, func(t *rapid.T) {
		p := web(2)
		var names []string
		for range rapid.IntRange(1, 60).Draw(t, "rows") {
			name := ""
			for _, s := range rapid.SliceOfN(rapid.SampledFrom(parts), 1, 5).Draw(t, "path") {
				name += "/" + s
			}
			names = append(names, name)
			access := rapid.SliceOfN(rapid.SampledFrom(allAccess), 1, 3).Draw(t, "access")
			p.Files = append(p.Files, profiles.File{Path: name, Access: access, Program: "/usr/sbin/web", Part: profiles.PartApplication,
				Runs: rapid.IntRange(1, 2).Draw(t, "runs")})
		}
		r, err := Generate(p, Options{Name: ownName})
		if errors.Is(err, ErrNoFiles) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		all, err := tryCompile(r.Text)
		if err != nil {
			t.Fatalf("%v\n%s", err, r.Text)
		}
		for range 40 { // paths that were not seen too
			name := ""
			for _, s := range rapid.SliceOfN(rapid.SampledFrom(parts), 1, 5).Draw(t, "path") {
				name += "/" + s
			}
			names = append(names, name)
		}
		for _, name := range names {
			if got, was := all[0].perms(name), before.perms(name); got&^was != 0 {
				t.Fatalf("%s has permissions %#x, docker-default gives %#x\n%s", name, got, was, r.Text)
			}
		}
	})
}

func TestBeyondDockerDefaultOnlyOnRequest(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/proc/sys/net/ipv4/ip_forward", profiles.AccessWrite, profiles.AccessRead)
	touch(&p, 1, "/sys/class/leds/x/brightness", profiles.AccessWrite)
	touch(&p, 1, "/proc/sys/kernel/shmmax", profiles.AccessWrite)
	touch(&p, 1, "/sys/fs/cgroup/cgroup.procs", profiles.AccessWrite)
	r := generate(t, p, Options{})
	wantRules(t, r, `"/proc/sys/net/ipv4/ip_forward" r,`, `"/proc/sys/kernel/shmmax" w,`, `"/sys/fs/cgroup/cgroup.procs" w,`)
	wantNoRuleWith(t, r, "brightness")
	if len(r.Refused) != 2 {
		t.Errorf("refused %v", r.Refused)
	}
	r = generate(t, p, Options{AllowBeyond: true})
	wantRules(t, r, `"/proc/sys/net/ipv4/ip_forward" rw,`, `"/sys/class/leds/x/brightness" w,`)
}

func TestRemoved(t *testing.T) {
	r := generate(t, recorded(t, "nginx"), Options{})
	got := Removed(r)
	want := map[Group]string{
		GroupCapabilities: "using any capability that the container has; 4 of 41 are left",
		GroupNetwork:      "sockets of any family; 4 families and types are left",
		GroupMounts:       "unmounting file systems",
	}
	for _, x := range got {
		if w := want[x.Group]; w != "" && w != x.Text {
			t.Errorf("%s: %q, want %q", x.Group, x.Text, w)
		}
		delete(want, x.Group)
	}
	if len(want) > 0 {
		t.Errorf("missing %v in %v", want, got)
	}
}

// Sixty files beside a protected folder would be one wildcard anywhere else.
func TestNoWildcardReachesWhatIsProtected(t *testing.T) {
	many := func(folder string) Result {
		p := web(1)
		for i := range 60 {
			touch(&p, 1, fmt.Sprintf("%s/x%s", folder, strings.Repeat("y", i)), profiles.AccessRead)
		}
		return generate(t, p, Options{})
	}
	wantRules(t, many("/sys/devices/other"), `"/sys/devices/other/*" r,`)
	r := many("/sys/devices/virtual")
	wantRules(t, r, `"/sys/devices/virtual/xy" r,`)
	wantNoRuleWith(t, r, "*")
}
