package sample

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"batten/profiles"
)

var noon = time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC)

const groupMounts = "30 23 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n" +
	"31 23 0:27 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n" +
	"32 23 0:28 / /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct\n"

// container puts a container with one process, 100, on control groups version 1.
func container(t *testing.T) machine {
	m := newMachine(t)
	m.write("proc/self/mountinfo", groupMounts)
	m.process(100, 50, "server", map[string]string{
		"cgroup": "4:memory:/docker/c\n3:pids:/docker/c\n2:cpuacct:/docker/c\n",
		"ns/net": "-> net:[2]", "fd/0": "-> /dev/null", "fd/3": "-> socket:[12]",
	})
	m.group("memory", "memory.usage_in_bytes", "9000")
	m.group("memory", "memory.stat", "cache 5000\ninactive_file 1\ntotal_inactive_file 4000\n")
	m.group("memory", "memory.max_usage_in_bytes", "9500")
	m.group("pids", "pids.current", "1")
	m.group("pids", "cgroup.procs", "100\n")
	m.group("cpuacct", "cpuacct.usage", "0")
	return m
}

func (m machine) group(controller, file, text string) {
	m.write("sys/fs/cgroup/"+controller+"/docker/c/"+file, text+"\n")
}

func follow(t *testing.T, m machine, targets ...Target) *Sampler {
	t.Helper()
	s := New(m.dir)
	for _, target := range targets {
		if !s.Follow(target) {
			t.Fatalf("process %d is not there", target.PID)
		}
	}
	return s
}

func seen(t *testing.T, s *Sampler, key string) Seen {
	t.Helper()
	out, ok := s.Seen(key)
	if !ok {
		t.Fatal("nothing was seen of ", key)
	}
	return out
}

func TestMemoryIsWhatTheKernelCannotTakeBackAtItsPeak(t *testing.T) {
	m := container(t)
	s := follow(t, m, Target{Key: "c", PID: 100, Group: true})
	s.Sample(noon)
	if got := seen(t, s, "c").Resources.MemoryBytes; got != 5500 {
		t.Errorf("%d bytes, want the kernel's peak of 9500 less 4000 of cache", got)
	}
	m.group("memory", "memory.usage_in_bytes", "12000")
	m.group("memory", "memory.max_usage_in_bytes", "12000")
	m.group("memory", "memory.stat", "total_inactive_file 1000")
	s.Sample(noon)
	m.group("memory", "memory.usage_in_bytes", "100")
	s.Sample(noon)
	if got := seen(t, s, "c").Resources.MemoryBytes; got != 11000 {
		t.Errorf("%d bytes, want 11000: 12000 less the cache at that reading", got)
	}
}

func TestVersionTwoOfControlGroups(t *testing.T) {
	m := newMachine(t)
	m.write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
	m.process(100, 50, "server", map[string]string{"cgroup": "0::/docker/c\n"})
	at := "sys/fs/cgroup/docker/c/"
	for file, text := range map[string]string{
		"memory.current": "9000", "memory.stat": "anon 1\ninactive_file 4000", "memory.peak": "9100",
		"pids.current": "3", "pids.peak": "8", "cgroup.procs": "100", "cpu.stat": "usage_usec 0",
	} {
		m.write(at+file, text+"\n")
	}
	s := follow(t, m, Target{Key: "c", PID: 100, Group: true})
	s.Sample(noon)
	m.write(at+"cpu.stat", "usage_usec 1500000\nuser_usec 1\n")
	s.Sample(noon.Add(time.Second))
	if d := cmp.Diff(profiles.Resources{MemoryBytes: 5100, Processes: 8, MilliCPU: 1500}, seen(t, s, "c").Resources); d != "" {
		t.Error(d)
	}
}

func TestProcessorsAreMeasuredOverASecond(t *testing.T) {
	var c cpu
	for _, r := range []struct {
		at, used time.Duration // milliseconds
	}{{0, 0}, {250, 250}, {500, 250}, {750, 250}, {1000, 250}, {1250, 900}, {1500, 1100}, {3500, 2100}} {
		c.add(noon.Add(r.at*time.Millisecond), r.used*time.Millisecond)
	}
	if got := c.milli(); got != 850 {
		t.Errorf("%d milli-CPU, want 850: the second that ended at 1.5 s", got)
	}
	var brief cpu
	brief.add(noon, 0)
	brief.add(noon.Add(250*time.Millisecond), 100*time.Millisecond)
	if got := brief.milli(); got != 100 {
		t.Errorf("a brief target: %d, want 100 ms of a second", got)
	}
	brief.add(noon.Add(2*time.Second), 0) // another counter
	if got := brief.milli(); got != 0 {
		t.Errorf("after the counter began anew: %d", got)
	}
}

func TestUsersAreThoseOfTheServiceAndNotOfTheRuntime(t *testing.T) {
	m := container(t)
	m.group("pids", "cgroup.procs", "100\n101\n102\n103\n104")
	status := func(uid string) string { return "Uid:\t0\t" + uid + "\t0\t0\nGid:\t0\t" + uid + "\t0\t0\n" }
	maps := map[string]string{"uid_map": "0 100000 65536\n", "gid_map": "0 100000 65536\n"}
	for name, text := range maps {
		m.write("proc/100/"+name, text)
	}
	m.write("proc/100/status", status("100000"))
	m.process(101, 100, "worker", map[string]string{"status": status("100033")})
	m.process(102, 50, "probe", map[string]string{"status": status("100070")})
	m.process(103, 50, "runc:[2:INIT]", map[string]string{"status": status("100001"), "exe": "-> /memfd:runc_cloned:/proc/self/exe (deleted)"})
	m.process(104, 100, "alien", map[string]string{"status": status("0")})
	s := follow(t, m, Target{Key: "c", PID: 100, Group: true})
	s.Sample(noon)
	s.SetPhase("", profiles.PhaseSteady)
	s.Sample(noon)
	want := []profiles.Identity{
		{UID: 0, GID: 0, Program: "/usr/bin/server", Phases: []profiles.Phase{profiles.PhaseStartup, profiles.PhaseSteady}, Runs: 1},
		{UID: 33, GID: 33, Program: "/usr/bin/worker", Phases: []profiles.Phase{profiles.PhaseStartup, profiles.PhaseSteady}, Runs: 1},
		{UID: 70, GID: 70, Program: "/usr/bin/probe", Phases: []profiles.Phase{profiles.PhaseExec}, Runs: 1},
	}
	if d := cmp.Diff(want, seen(t, s, "c").Identities); d != "" {
		t.Error(d)
	}
}

func ends(list []Endpoint) []string {
	out := []string{}
	for _, e := range list {
		out = append(out, e.Protocol+" "+netip.AddrPortFrom(e.Address, uint16(e.Port)).String())
	}
	return out
}

func TestTheDirectionOfAConnectionFollowsFromWhatIsListenedOn(t *testing.T) {
	m := container(t)
	m.write("proc/100/net/tcp", head+
		line("00000000:0050", "00000000:0000", "0A", 12)+ // 0.0.0.0:80
		line("0100007F:1F90", "00000000:0000", "0A", 13)+ // loopback
		line("0B00007F:9999", "00000000:0000", "0A", 0)+ // the engine's resolver
		line("020012AC:0050", "030012AC:C350", "01", 14)+ // accepted from 172.18.0.3
		line("020012AC:0050", "040012AC:C351", "06", 0)+ // accepted, over
		line("020012AC:C350", "050012AC:1538", "06", 0)+ // reached 172.18.0.5:5432, over
		line("020012AC:C351", "060012AC:18EB", "02", 15)+ // tried 172.18.0.6:6379
		line("020012AC:C352", "020012AC:0050", "01", 16)+ // itself
		line("0100007F:C353", "0100007F:1F90", "01", 17)) // loopback
	m.write("proc/100/net/tcp6", head+line("00000000000000000000000000000000:01BB", "00000000000000000000000000000000:0000", "0A", 18))
	m.write("proc/100/net/udp", head+
		line("00000000:0035", "00000000:0000", "07", 19)+ // serves 53
		line("00000000:C350", "00000000:0000", "07", 20)+ // waits for answers
		line("020012AC:C354", "08080808:0035", "01", 21)+
		line("0200007F:C355", "0B00007F:0035", "01", 22)) // asks the resolver
	s := follow(t, m, Target{Key: "c", PID: 100, Group: true})
	s.Sample(noon)
	got := seen(t, s, "c")
	if d := cmp.Diff([]string{"tcp 0.0.0.0:80", "tcp [::]:443", "udp 0.0.0.0:53"}, ends(got.Listening)); d != "" {
		t.Error("listening: ", d)
	}
	if d := cmp.Diff([]string{"tcp 172.18.0.5:5432", "tcp 172.18.0.6:6379", "udp 8.8.8.8:53"}, ends(got.Reached)); d != "" {
		t.Error("reached: ", d)
	}
	if d := cmp.Diff([]string{"tcp 172.18.0.3:80", "tcp 172.18.0.4:80"}, ends(got.Accepted)); d != "" {
		t.Error("accepted: ", d)
	}
}

func TestInASharedNetworkOnlyOwnSocketsCount(t *testing.T) {
	for name, share := range map[string]func(m machine, one *Target) []Target{
		"with the machine":       func(m machine, _ *Target) []Target { m.write("proc/100/ns/net", "-> net:[1]"); return nil },
		"as the caller knows":    func(_ machine, one *Target) []Target { one.SharedNetwork = true; return nil },
		"with another target":    func(m machine, _ *Target) []Target { return []Target{{Key: "other", PID: 200}} },
		"of an unreadable space": func(m machine, _ *Target) []Target { m.write("proc/100/ns/net", ""); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			m := container(t)
			m.process(200, 1, "other", map[string]string{"ns/net": "-> net:[2]"})
			m.write("proc/100/net/tcp", head+line("00000000:0050", "00000000:0000", "0A", 12)+
				line("00000000:0016", "00000000:0000", "0A", 99)+line("020012AC:C350", "050012AC:1538", "06", 0))
			one := Target{Key: "c", PID: 100, Group: true}
			s := follow(t, m, append(share(m, &one), one)...)
			s.Sample(noon)
			got := seen(t, s, "c")
			if d := cmp.Diff([]string{"tcp 0.0.0.0:80"}, ends(got.Listening)); d != "" || len(got.Reached) > 0 {
				t.Errorf("%s; reached %v", d, got.Reached)
			}
		})
	}
}

func TestATreeIsACommandAndWhatItStarted(t *testing.T) {
	m := newMachine(t)
	m.process(10, 1, "make", map[string]string{"stat": stat(10, 1, "make", 2, 0), "smaps_rollup": "Rss: 99 kB\nPss_Anon:  4 kB\nPss_Shmem: 2 kB\n"})
	m.process(11, 10, "cc", map[string]string{"status": "Uid:\t5\t5\t5\t5\nGid:\t6\t6\t6\t6\nRssAnon:\t 10 kB\nRssShmem:\t 1 kB\n", "fd/0": "", "fd/1": "", "fd/2": ""})
	m.process(12, 1, "stranger", nil)
	s := follow(t, m, Target{Key: "make", PID: 10})
	s.Sample(noon)
	m.write("proc/11/stat", stat(11, 10, "cc", 1, 50))
	s.Sample(noon.Add(time.Second))
	got := seen(t, s, "make")
	if d := cmp.Diff(profiles.Resources{MemoryBytes: 17 << 10, Processes: 3, OpenFiles: 3, MilliCPU: 500}, got.Resources); d != "" {
		t.Error(d)
	}
	if len(got.Identities) != 2 || got.Identities[1].UID != 5 || got.Identities[1].GID != 6 {
		t.Errorf("users: %+v", got.Identities)
	}
}

func TestWhatIsGoneOrUnreadableGivesNothing(t *testing.T) {
	m := newMachine(t)
	s := New(m.dir)
	if s.Follow(Target{Key: "x", PID: 77}) || s.Follows("x") {
		t.Error("a process that is not there is followed")
	}
	if _, ok := s.Seen("x"); ok {
		t.Error("something was seen of nothing")
	}
	m.write("proc/78/stat", stat(78, 1, "x", 1, 0)) // nothing else can be read
	s = follow(t, m, Target{Key: "x", PID: 78, Group: true})
	s.Sample(noon)
	if got := seen(t, s, "x"); got.Readings != 1 || got.Resources != (profiles.Resources{}) || len(got.Identities)+len(got.Listening) > 0 {
		t.Errorf("%+v", got)
	}
	m.kill(78)
	s.Sample(noon)
	if s.Follows("x") || seen(t, s, "x").Readings != 1 {
		t.Error("an ended process is followed")
	}
}

func TestAnotherProcessOfTheSameNumberIsNotTheTarget(t *testing.T) {
	m := container(t)
	s := follow(t, m, Target{Key: "c", PID: 100, Group: true})
	m.write("proc/100/stat", "100 (other) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 999999 0 0\n")
	s.Sample(noon)
	if _, ok := s.Seen("c"); ok || s.Follows("c") {
		t.Error("a stranger was measured")
	}
	if !s.Follow(Target{Key: "c", PID: 100, Group: true}) {
		t.Fatal("restarted")
	}
	s.Sample(noon)
	if got := seen(t, s, "c"); got.Readings != 1 {
		t.Errorf("%d readings after a restart", got.Readings)
	}
}
