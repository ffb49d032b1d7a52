package sample

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAProcessIsReadWhateverItsName(t *testing.T) {
	for name, want := range map[string]bool{"sleep": true, "a) S 1 (b": true, "": true} {
		p, ok := parseStat([]byte(stat(7, 3, name, 5, 42)))
		if ok != want || p != (process{pid: 7, parent: 3, threads: 5, started: "1007", comm: name, cpu: 42}) {
			t.Errorf("%q: %v %+v", name, ok, p)
		}
	}
	for _, bad := range []string{"", "7", "7 (x", "7 (x) S 1", "x (y) S 3 1 1 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 9 0", "7 )x( S"} {
		if _, ok := parseStat([]byte(bad)); ok {
			t.Errorf("%q is a process", bad)
		}
	}
}

func TestEndsAreReadInTheMachinesOrder(t *testing.T) {
	for text, want := range map[string]string{
		"0100007F:1F90":                         "127.0.0.1:8080",
		"00000000:0050":                         "0.0.0.0:80",
		"00000000000000000000000001000000:0050": "[::1]:80",
		"0000000000000000FFFF0000030012AC:1538": "172.18.0.3:5432",
		"B80D0120000000000000000001000000:FFFF": "[2001:db8::1]:65535",
		"0100007F":                              "invalid AddrPort", "0100007F:": "invalid AddrPort",
		"0100007:50": "invalid AddrPort", "0100007F:10000": "invalid AddrPort", "zz00007F:50": "invalid AddrPort", "": "invalid AddrPort",
	} {
		if got, _ := parseEnd(text); got.String() != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestLinesThatMakeNoSenseAreLeftOut(t *testing.T) {
	got := parseTable([]byte(head + "   0: short\n" + line("00000000:0050", "00000000:0000", "0A", 12) + line("x", "y", "0A", 1)))
	want := []entry{{netip.MustParseAddrPort("0.0.0.0:80"), netip.MustParseAddrPort("0.0.0.0:0"), stateListen, 12}}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(entry{}), cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); d != "" {
		t.Error(d)
	}
}

func TestGroupsAndMountsOfBothVersions(t *testing.T) {
	if d := cmp.Diff(map[string]string{"cpu": "/docker/a", "cpuacct": "/docker/a", "memory": "/docker/b", "": "/docker/c:d"},
		parseGroup([]byte("4:cpu,cpuacct:/docker/a\n3:memory:/docker/b\n2:name=systemd:/\n1:pids:/../etc\n0::/docker/c:d\nrubbish\n"))); d != "" {
		t.Error(d)
	}
	mounts := parseMounts([]byte(`30 23 0:26 / /sys/fs/cgroup/memory rw,nosuid shared:9 - cgroup cgroup rw,memory
31 23 0:27 /docker/x /sys/fs/cgroup rw - cgroup2 cgroup rw
32 23 0:28 / / rw - ext4 /dev/sda rw
33 23`))
	if mounts["memory"] != (groupMount{"/", "/sys/fs/cgroup/memory"}) || mounts[""] != (groupMount{"/docker/x", "/sys/fs/cgroup"}) {
		t.Errorf("%+v", mounts)
	}
	for group, want := range map[string]string{"/docker/x": "", "/docker/x/y": "/y"} {
		if got, ok := inside("/docker/x", group); !ok || got != want {
			t.Errorf("%s: %q %v", group, got, ok)
		}
	}
	if _, ok := inside("/docker/x", "/docker/xy"); ok {
		t.Error("a group of another name is inside")
	}
}

func TestIDsAreThoseThatTheServiceSees(t *testing.T) {
	spans := parseSpans([]byte("0 100000 65536\n70000 1000 1\nx y z\n1 2\n"))
	for outside, want := range map[uint64]int{100000: 0, 100033: 33, 165535: 65535, 1000: 70000} {
		if got, ok := unmap(spans, outside); !ok || got != want {
			t.Errorf("%d: %d %v, want %d", outside, got, ok, want)
		}
	}
	if _, ok := unmap(spans, 0); ok {
		t.Error("the machine's root is in the namespace")
	}
	if uid, gid, ok := parseIDs([]byte("Name:\tUid: 1\nUid:\t1\t33\t3\t4\nGid:\t5\t34\t7\t8\n")); !ok || uid != 33 || gid != 34 {
		t.Errorf("%d %d %v", uid, gid, ok)
	}
	if _, _, ok := parseIDs([]byte("Uid:\t-1\t-1\t0\t0\nGid:\t0\t0\t0\t0\n")); ok {
		t.Error("a negative user")
	}
}

func TestTheRuntimesOwnProcessIsTold(t *testing.T) {
	for program, want := range map[string]bool{
		"/usr/bin/runc": true, "/memfd:runc_cloned:/proc/self/exe": true, "/": false, "/usr/bin/runcible": false, "/usr/sbin/nginx": false,
	} {
		if got := isRuntime(process{comm: "x"}, program); got != want {
			t.Errorf("%s: %v", program, got)
		}
	}
	if !isRuntime(process{comm: "runc:[2:INIT]"}, "") {
		t.Error("runc by its name")
	}
}

// Whatever the files hold, reading them ends and what comes out is in range.
func FuzzParsers(f *testing.F) {
	f.Add(stat(7, 3, "a) (b", 5, 42))
	f.Add(head + line("0100007F:1F90", "00000000:0000", "0A", 12))
	f.Add("4:cpu,cpuacct:/docker/a\n0::/x\n")
	f.Add("30 23 0:26 / /sys rw - cgroup cgroup rw,memory\n")
	f.Add("0 100000 65536\n")
	f.Add("Uid:\t1\t33\t3\t4\nGid:\t5\t34\t7\t8\n")
	f.Add("Pss_Anon:  12 kB\ninactive_file 4\n")
	f.Fuzz(func(t *testing.T, text string) {
		data := []byte(text)
		if p, ok := parseStat(data); ok && p.pid <= 0 {
			t.Fatalf("process %d", p.pid)
		}
		for _, e := range parseTable(data) {
			if !e.local.Addr().IsValid() || e.local.Addr().Is4In6() || e.local.Addr().Zone() != "" {
				t.Fatalf("address %s", e.local)
			}
		}
		for _, group := range parseGroup(data) {
			if !strings.HasPrefix(group, "/") || strings.Contains(group, "/../") || strings.HasSuffix(group, "/..") {
				t.Fatalf("group %q", group)
			}
		}
		parseMounts(data)
		for _, n := range []uint64{0, 33, 1 << 32} {
			if id, ok := unmap(parseSpans(data), n); ok && (id < 0 || id >= 1<<33) {
				t.Fatalf("id %d", id)
			}
		}
		parseIDs(data)
		kilobytes(data)
		fields(data)
	})
}
