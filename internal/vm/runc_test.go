package vm

import (
	"encoding/json"
	"strings"
	"testing"
)

// bundle is a configuration of runc for a command in the root file system of the
// services, which the guest has as its disk.
func bundle(t *testing.T, cgroup string, args ...string) string {
	t.Helper()
	type object = map[string]any
	config := object{
		"ociVersion": "1.0.2",
		"process": object{
			"user": object{"uid": 0, "gid": 0}, "cwd": "/", "args": args,
			"env":             []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
			"noNewPrivileges": true,
		},
		"root":     object{"path": "/container", "readonly": true},
		"hostname": "inside",
		"mounts": []object{
			{"destination": "/proc", "type": "proc", "source": "proc"},
			{"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": []string{"ro", "nosuid", "noexec", "nodev"}},
			{"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": []string{"ro"}},
		},
		"linux": object{
			"cgroupsPath": cgroup,
			"resources":   object{"pids": object{"limit": 33}, "memory": object{"limit": 64 << 20}},
			"namespaces":  []object{{"type": "pid"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}},
		},
	}
	data, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestAContainerRunsInAGroupOfItsOwnNamedByItsId(t *testing.T) {
	m := Start(t, Guest{})
	id := strings.Repeat("0123456789abcdef", 4)
	// The disk once more, without what is mounted over it, and a place for writes: the
	// runtime makes device nodes.
	m.Shell(t, `mkdir -p /container /bundle /mnt/disk /run/writes/upper /run/writes/work
		mount -o ro /dev/vda /mnt/disk
		mount -t overlay -o lowerdir=/mnt/disk,upperdir=/run/writes/upper,workdir=/run/writes/work overlay /container`)
	m.Write(t, "/bundle/config.json", bundle(t, "/system.slice/"+id, "sh", "-c", "cat /etc/debian_version; hostname; echo $$; sleep 1234"), 0o644)
	container := m.Begin(t, Command{Args: []string{"runc", "run", "--bundle", "/bundle", id}})
	group := "/sys/fs/cgroup/system.slice/" + id
	// Its process is ready when it sleeps.
	got := m.Shell(t, `for i in $(seq 100); do
			pid=$(pgrep -x sleep -a | awk '$3 == 1234 { print $1 }' || true)
			[ -n "$pid" ] && break; sleep 0.1
		done
		[ -n "$pid" ] || exit 0
		cat /proc/$pid/cgroup
		cat `+group+`/pids.max `+group+`/memory.max
		cat `+group+`/cgroup.procs | wc -l`)
	if got == "" {
		t.Fatalf("it did not start: %s", container.Output())
	}
	if want := "0::/system.slice/" + id + "\n33\n67108864\n2\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	m.Shell(t, "runc kill "+id+" KILL")
	r := container.Wait(t)
	if r.Status != 128+9 || !strings.HasPrefix(r.Stdout, "12.") || !strings.HasSuffix(r.Stdout, "\ninside\n1\n") {
		t.Errorf("%+v", r)
	}
	if got := m.Shell(t, "test -e "+group+" && echo there || echo gone"); got != "gone\n" {
		t.Errorf("after its end the group is %s", got)
	}
}
