package vm

import (
	"slices"
	"strings"
	"testing"

	"batten/internal/audit"
)

func TestTheGuestIsADebianWithEverythingThatHardeningUses(t *testing.T) {
	m := Start(t, Guest{})
	for name, test := range map[string]struct{ script, want string }{
		"kernel":                      {"uname -r | cut -d- -f1", "6.1.0"},
		"AppArmor":                    {"cat /sys/module/apparmor/parameters/enabled", "Y"},
		"BPF as a security module":    {"tr , '\\n' </sys/kernel/security/lsm | grep -x bpf", "bpf"},
		"control groups, unified":     {"stat -f -c %T /sys/fs/cgroup", "cgroup2fs"},
		"no hierarchy of version 1":   {"grep -c ' cgroup ' /proc/mounts || true; grep -v '^0::' /proc/self/cgroup || true", "0"},
		"controllers for groups":      {"tr ' ' '\\n' </sys/fs/cgroup/cgroup.subtree_control | grep -xE 'cpu|io|memory|pids' | sort | xargs", "cpu io memory pids"},
		"kprobes":                     {"grep -qx cap_capable /sys/kernel/tracing/available_filter_functions; echo 'p:x cap_capable' >/sys/kernel/tracing/kprobe_events; cat /sys/kernel/tracing/kprobe_events; echo >/sys/kernel/tracing/kprobe_events", "p:kprobes/x cap_capable"},
		"types of the kernel":         {"test -s /sys/kernel/btf/vmlinux && echo yes", "yes"},
		"a root that can be written":  {"echo x >/usr/x && cat /usr/x", "x"},
		"a loopback interface":        {"cat /sys/class/net/lo/carrier", "1"},
		"modules by name":             {"modprobe nf_tables && grep -o '^nf_tables' /proc/modules", "nf_tables"},
		"the services":                {"type -P nginx redis-server postgres python3 | wc -l", "4"},
		"the tools":                   {"type -P runc apparmor_parser aa-exec strace gcc curl ip modprobe | wc -l", "8"},
		"a first process that reaps":  {"bash -c 'sleep 0.1 & disown'; sleep 1; ps -eo stat= | grep -c Z || true", "0"},
		"no network but the loopback": {"ls /sys/class/net", "lo"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.TrimSpace(m.Shell(t, test.script)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

const demoProfile = `abi <abi/3.0>,
profile demo {
  /** rmix,
  deny /srv/quiet r,
  audit /srv/noted r,
  capability,
  # Not /srv/secret, nor what is written.
  audit deny "/srv/a \"secret" r,
  audit deny /srv/secret r,
}
`

// All of it in one boot, for a boot is what takes time.
func TestAProfileIsEnforcedAndEveryDenialIsRead(t *testing.T) {
	m := Start(t, Guest{})
	m.Write(t, "/etc/apparmor.d/demo", demoProfile, 0o644)
	m.Shell(t, `apparmor_parser --replace /etc/apparmor.d/demo
		grep -x 'demo (enforce)' /sys/kernel/security/apparmor/profiles
		touch /srv/quiet /srv/noted /srv/secret '/srv/a "secret'`)
	loaded := m.Audit(t)
	if len(loaded) != 1 || loaded[0].Verdict != audit.Status || loaded[0].Operation != "profile_load" || loaded[0].Name != "demo" {
		t.Errorf("loading was noted as %+v", loaded)
	}

	t.Run("a denied file is named", func(t *testing.T) {
		r := m.Run(t, Command{Args: []string{"aa-exec", "-p", "demo", "cat", "/srv/secret"}})
		if r.Status != 1 || !strings.Contains(r.Output, "Permission denied") {
			t.Errorf("exit status %d: %s", r.Status, r.Output)
		}
		one(t, m.Audit(t), audit.Event{Verdict: audit.Denied, Operation: "open", Profile: "demo", Name: "/srv/secret", Comm: "cat", Requested: "r", Denied: "r"})
	})
	t.Run("a name with a quote is read back", func(t *testing.T) {
		m.Run(t, Command{Args: []string{"aa-exec", "-p", "demo", "cat", `/srv/a "secret`}})
		one(t, m.Audit(t), audit.Event{Verdict: audit.Denied, Operation: "open", Profile: "demo", Name: `/srv/a "secret`, Comm: "cat", Requested: "r", Denied: "r"})
	})
	t.Run("a quiet denial denies and is not noted", func(t *testing.T) {
		if r := m.Run(t, Command{Args: []string{"aa-exec", "-p", "demo", "cat", "/srv/quiet"}}); r.Status != 1 {
			t.Errorf("exit status %d: %s", r.Status, r.Output)
		}
		if got := m.Audit(t); len(got) > 0 {
			t.Errorf("noted: %+v", got)
		}
	})
	t.Run("an allowed file that is to be noted is", func(t *testing.T) {
		m.Shell(t, "aa-exec -p demo cat /srv/noted")
		got := m.Audit(t) // opening it, then reading it
		one(t, got[:min(1, len(got))], audit.Event{Verdict: audit.Audited, Operation: "open", Profile: "demo", Name: "/srv/noted", Comm: "cat", Requested: "r"})
	})
	t.Run("of a burst none is lost", func(t *testing.T) {
		const many = 3000
		r := m.Run(t, Command{Args: []string{"aa-exec", "-p", "demo", "python3", "-c", `
for i in range(3000):
    try: open("/srv/burst%d" % i, "w")
    except PermissionError: pass
    else: raise SystemExit("was allowed")`}})
		if r.Status != 0 {
			t.Fatalf("exit status %d: %s", r.Status, r.Output)
		}
		var names []string
		for _, e := range m.Audit(t) {
			names = append(names, e.Name)
		}
		slices.Sort(names)
		if n := len(slices.Compact(names)); n != many {
			t.Errorf("%d of %d denials were read", n, many)
		}
	})
	t.Run("complain mode notes and allows", func(t *testing.T) {
		m.Shell(t, `sed 's/profile demo/profile demo flags=(complain)/' /etc/apparmor.d/demo >/etc/apparmor.d/complain
			apparmor_parser --replace /etc/apparmor.d/complain`)
		m.Audit(t)
		m.Shell(t, "aa-exec -p demo touch /srv/new")
		got := m.Audit(t)
		if !slices.ContainsFunc(got, func(e audit.Event) bool {
			return e.Verdict == audit.Allowed && e.Operation == "mknod" && e.Name == "/srv/new" && e.Profile == "demo"
		}) {
			t.Errorf("noted: %+v", got)
		}
	})
}

// one expects one event, with a process and users besides what is said of it.
func one(t *testing.T, got []audit.Event, want audit.Event) {
	t.Helper()
	if len(got) != 1 {
		t.Fatalf("noted: %+v", got)
	}
	e := got[0]
	if e.PID == 0 || e.Time.IsZero() || e.Serial == 0 || e.FSUID != 0 || e.OUID != 0 {
		t.Errorf("noted: %+v", e)
	}
	if e.Verdict != want.Verdict || e.Operation != want.Operation || e.Profile != want.Profile || e.Name != want.Name ||
		e.Comm != want.Comm || e.Requested != want.Requested || e.Denied != want.Denied {
		t.Errorf("noted: %+v\nwant %+v", e, want)
	}
}
