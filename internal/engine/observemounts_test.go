package engine

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"batten/internal/docker"
	"batten/profiles"
	"batten/trace"
	"batten/trace/sample"
)

func recorded(path, program string, part profiles.Part, access ...profiles.Access) profiles.File {
	return profiles.File{Path: path, Program: program, Part: part, Access: access, Runs: 1}
}

func TestChangesOfTheLayerAreAddedToWhatWasRecorded(t *testing.T) {
	places := placesOf([]docker.Mount{
		{Kind: "bind", Destination: "/data"}, {Kind: "volume", Destination: "/data/db/"}, {Kind: "tmpfs", Destination: "/tmp"}, {Kind: "npipe", Destination: "/odd"},
	}, "")
	tracer := []profiles.File{
		recorded("/etc/app.conf", "/app", profiles.PartApplication, profiles.AccessRead),
		recorded("/run/app.pid", "/app", profiles.PartApplication, profiles.AccessCreate, profiles.AccessWrite),
		recorded("/run/app.pid", "/helper", profiles.PartApplication, profiles.AccessRead),
		recorded("/data/x", "/app", profiles.PartApplication, profiles.AccessWrite),
		recorded("/data/db/x", "/app", profiles.PartApplication, profiles.AccessWrite),
		recorded("/database", "/app", profiles.PartApplication, profiles.AccessRead),
		recorded("/etc/mtab", "/runc", profiles.PartRuntime, profiles.AccessSymlink),
	}
	tracer = append(tracer, profiles.File{Path: "/proc/self/comm", Mount: profiles.MountProc, Part: profiles.PartApplication, Access: []profiles.Access{profiles.AccessRead}, Runs: 1})
	layer := func(path string, folder bool, a profiles.Access) profiles.File {
		return profiles.File{Path: path, Folder: folder, Access: []profiles.Access{a}, Mount: profiles.MountRoot, Runs: 1}
	}
	got := joinFiles(tracer, []profiles.File{
		layer("/run", true, profiles.AccessWrite), layer("/run/app.pid", false, profiles.AccessCreate), // known better
		layer("/etc", true, profiles.AccessWrite), layer("/etc/app.conf", false, profiles.AccessWrite), // only read, as far as the tracer saw
		layer("/run", true, profiles.AccessRemove),
	}, places)
	type row struct {
		Path, Program string
		Mount         profiles.MountKind
	}
	var rows []row
	for _, f := range got {
		rows = append(rows, row{f.Path, f.Program, f.Mount})
	}
	if d := cmp.Diff([]row{
		{"/etc/app.conf", "/app", "root"}, {"/run/app.pid", "/app", "root"}, {"/run/app.pid", "/helper", "root"},
		{"/data/x", "/app", "bind"}, {"/data/db/x", "/app", "volume"}, {"/database", "/app", "root"}, {"/etc/mtab", "/runc", "root"},
		{"/proc/self/comm", "", "proc"}, {"/etc", "", "root"}, {"/etc/app.conf", "", "root"}, {"/run", "", "root"},
	}, rows); d != "" {
		t.Error(d)
	}
	if tracer[0].Mount != "" {
		t.Error("a list that recordings share was written to")
	}
	if got := joinFiles(tracer, nil, nil); got[0].Mount != "" || got[7].Mount != profiles.MountProc {
		t.Errorf("what has no mounts got some: %+v", got)
	}
	if got := joinFiles(nil, []profiles.File{layer("/x", false, profiles.AccessWrite)}, places); len(got) != 1 {
		t.Errorf("without a tracer's rows: %+v", got)
	}
}

func TestPlacesOfMountsHaveLinksResolvedInsideTheContainer(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"run/app", "var"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{"var/run": "/run", "up": "../../../../run", "loop": "loop", "var/rel": "../run/./app"} {
		if err := os.Symlink(to, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		"/var/run/x": "/run/x", "/up/app": "/run/app", "/loop/x": "/loop/x", "/var/rel/../y": "/var/y", "/var/rel/y": "/run/app/y", "/": "/", "rel": "/rel",
	} {
		if got := resolveIn(root, path); got != want {
			t.Errorf("%s leads to %s, want %s", path, got, want)
		}
	}
	if got := placesOf([]docker.Mount{{Kind: "bind", Destination: "/var/run/docker.sock"}}, ""); got[0].at != "/run/docker.sock" {
		t.Errorf("without a root: %+v", got)
	}
}

func TestSocketsThatATracerRecordedAreNotSampledAgain(t *testing.T) {
	p := newPeers()
	for id, c := range map[string][2]string{"w": {"web", "172.18.0.2"}, "d1": {"db", "172.18.0.3"}, "d2": {"db", "172.18.0.4"}} {
		p.learn(docker.Container{ID: id, Project: "shop", Service: c[0], Networks: []docker.Network{{Address: c[1]}}}, "")
	}
	shared := []string{"/app"}
	connect := func(address, program string, at uint64) profiles.Socket {
		return profiles.Socket{Use: profiles.SocketConnect, Protocol: "tcp", Address: address, Port: 5432, Programs: append(shared[:0:0], program),
			Part: profiles.PartApplication, First: &profiles.Origin{Offset: at}, Runs: 1}
	}
	recs := []profiles.Recording{{Run: profiles.Run{Files: profiles.FilesLSM}}, {}}
	recs[0].Sockets = []profiles.Socket{
		connect("172.18.0.3", "/app", 50), connect("172.18.0.4", "/helper", 20), connect("1.1.1.1", "/app", 1),
		{Use: profiles.SocketListen, Protocol: "tcp", Address: "172.18.0.2", Port: 80, Part: profiles.PartApplication, Runs: 1},
		{Use: profiles.SocketConnect, Protocol: "unix", Name: "x\x00y", Part: profiles.PartApplication, Runs: 1},
	}
	target := func(id string) *observed { return &observed{Target: trace.Target{Container: id}} }
	end := func(address string, port int) sample.Endpoint {
		return sample.Endpoint{Protocol: "tcp", Address: netip.MustParseAddr(address), Port: port}
	}
	got := p.sockets([]*observed{target("w"), target("d1")}, []sample.Seen{
		{Listening: []sample.Endpoint{end("0.0.0.0", 81)}, Reached: []sample.Endpoint{end("172.18.0.3", 1)}},
		{Listening: []sample.Endpoint{end("0.0.0.0", 5432)}, Accepted: []sample.Endpoint{end("172.18.0.2", 5433)}},
	}, recs)
	want := []profiles.Socket{
		connect("1.1.1.1", "/app", 1),
		{Use: profiles.SocketConnect, Protocol: "tcp", Peer: "db", Port: 5432, Programs: []string{"/app", "/helper"}, Part: profiles.PartApplication, First: &profiles.Origin{Offset: 20}, Runs: 1},
		{Use: profiles.SocketConnect, Protocol: "unix", Name: "x\x00y", Part: profiles.PartApplication, Runs: 1},
		{Use: profiles.SocketListen, Protocol: "tcp", Port: 80, Part: profiles.PartApplication, Runs: 1},
	}
	if d := cmp.Diff(want, got[0]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]profiles.Socket{{Use: profiles.SocketListen, Protocol: "tcp", Address: "0.0.0.0", Port: 5432, Runs: 1}}, got[1]); d != "" {
		t.Error(d)
	}
	if recs[0].Sockets[0].Address == "" {
		t.Error("a list that recordings share was written to")
	}
}
