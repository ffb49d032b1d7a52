package engine

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"batten/internal/docker"
	"batten/profiles"
	"batten/trace"
	"batten/trace/sample"
)

func TestWhatTheEngineMakesInAContainerIsNotTheServicesWork(t *testing.T) {
	got := written([]docker.FileChange{
		{Path: "/etc/passwd", Kind: docker.FileModified}, {Path: "/etc/hosts", Kind: docker.FileModified},
		{Path: "/dev/console", Kind: docker.FileAdded}, {Path: "/data", Kind: docker.FileAdded, Folder: true},
		{Path: "/data/db", Kind: docker.FileAdded, Folder: true}, {Path: "/data/db/hidden", Kind: docker.FileAdded},
		{Path: "/data/own", Kind: docker.FileAdded}, {Path: "/run", Kind: docker.FileModified, Folder: true},
		{Path: "/run/x", Kind: docker.FileDeleted}, {Path: "/odd", Kind: "renamed"},
	}, []docker.Mount{{Kind: "volume", Destination: "/data/db/"}, {Kind: "tmpfs", Destination: "/run/lock"}})
	file := func(path string, a profiles.Access, folder bool) profiles.File {
		return profiles.File{Path: path, Folder: folder, Access: []profiles.Access{a}, Mount: profiles.MountRoot, Runs: 1}
	}
	want := []profiles.File{
		file("/etc/passwd", profiles.AccessWrite, false), file("/data/own", profiles.AccessCreate, false),
		file("/run", profiles.AccessWrite, true), file("/run/x", profiles.AccessRemove, false),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestVeryManyFilesAreNamedByTheirFolders(t *testing.T) {
	changes := []docker.FileChange{{Path: "/var/few", Kind: docker.FileAdded}}
	for i := range manyFiles {
		changes = append(changes, docker.FileChange{Path: fmt.Sprintf("/cache/%d", i), Kind: docker.FileAdded})
	}
	got := written(changes, nil)
	want := []profiles.File{
		{Path: "/var/few", Access: []profiles.Access{profiles.AccessCreate}, Mount: profiles.MountRoot, Runs: 1},
		{Path: "/cache", Folder: true, Access: []profiles.Access{profiles.AccessWrite}, Mount: profiles.MountRoot, Runs: 1},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if n := len(written(changes[:100], nil)); n != 100 {
		t.Errorf("%d of 100 files", n)
	}
}

func TestAddressesOfTheProjectAreNamedByService(t *testing.T) {
	container := func(id, project, service, address string) docker.Container {
		return docker.Container{ID: id, Project: project, Service: service, Networks: []docker.Network{{Address: address, Address6: "fd00::" + address[len(address)-1:]}}}
	}
	p := newPeers()
	for _, c := range []docker.Container{
		container("w", "shop", "web", "172.18.0.2"), container("d", "shop", "db", "172.18.0.3"),
		container("q", "shop", "queue", "172.18.0.4"), container("x", "other", "db", "172.18.0.9"),
	} {
		p.learn(c, "")
	}
	target := func(id string) *observed { return &observed{Target: trace.Target{Container: id}} }
	end := func(address string, port int) sample.Endpoint {
		return sample.Endpoint{Protocol: "tcp", Address: netip.MustParseAddr(address), Port: port}
	}
	got := p.sockets([]*observed{target("w"), target("d")}, []sample.Seen{
		{
			Listening: []sample.Endpoint{end("0.0.0.0", 80), end("172.18.0.2", 81)},
			Reached:   []sample.Endpoint{end("fd00::3", 5432), end("172.18.0.4", 5672), end("172.18.0.9", 5432), end("1.1.1.1", 443)},
		},
		// The web's calls were too short for its own side; strangers have no recording.
		{Accepted: []sample.Endpoint{end("172.18.0.2", 6000), end("172.18.0.4", 6001), end("172.18.0.9", 6002), end("172.18.0.3", 6003), end("10.0.0.1", 6004)}},
	}, make([]profiles.Recording, 2))
	text := func(list []profiles.Socket) []string {
		out := []string{}
		for _, s := range list {
			out = append(out, s.String())
		}
		return out
	}
	if d := cmp.Diff([]string{
		"connect tcp 1.1.1.1:443", "connect tcp 172.18.0.9:5432", "connect tcp db:5432", "connect tcp db:6000", "connect tcp queue:5672",
		"listen tcp *:81", "listen tcp 0.0.0.0:80",
	}, text(got[0])); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{}, text(got[1])); d != "" {
		t.Error(d)
	}
}

// A container that is started anew may get the address that another one had.
func TestAnAddressThatChangedHandsIsOfTheServiceThatServesThePort(t *testing.T) {
	at := func(id, service, address string) docker.Container {
		return docker.Container{ID: id, Project: "shop", Service: service, Networks: []docker.Network{{Address: address}}}
	}
	p := newPeers()
	for _, c := range []docker.Container{
		at("a", "app", "172.18.0.9"), at("d", "db", "172.18.0.2"), at("c", "cache", "172.18.0.3"), at("m", "mail", "172.18.0.4"),
		at("c", "cache", "172.18.0.2"), at("d", "db", "172.18.0.3"), at("d", "db", "172.18.0.4"), // after the restart
	} {
		p.learn(c, "")
	}
	row := func(use profiles.SocketUse, address string, port int) profiles.Socket {
		return profiles.Socket{Use: use, Protocol: "tcp", Address: address, Port: port, Runs: 1}
	}
	recs := []profiles.Recording{
		{Run: profiles.Run{Files: profiles.FilesCalls}, Evidence: profiles.Evidence{Sockets: []profiles.Socket{
			row(profiles.SocketConnect, "172.18.0.2", 5432), row(profiles.SocketConnect, "172.18.0.3", 5432),
			row(profiles.SocketConnect, "172.18.0.2", 6379), row(profiles.SocketConnect, "172.18.0.3", 6379),
			row(profiles.SocketConnect, "172.18.0.2", 9000), // both listen there
			row(profiles.SocketConnect, "172.18.0.3", 7),    // none does: whoever had it last
			row(profiles.SocketConnect, "172.18.0.4", 25),   // nobody recorded mail
		}}},
		{Evidence: profiles.Evidence{Sockets: []profiles.Socket{row(profiles.SocketListen, "0.0.0.0", 5432), row(profiles.SocketListen, "0.0.0.0", 9000)}}},
		{Evidence: profiles.Evidence{Sockets: []profiles.Socket{row(profiles.SocketListen, "0.0.0.0", 6379), row(profiles.SocketListen, "0.0.0.0", 9000)}}},
	}
	var targets []*observed
	for _, id := range []string{"a", "d", "c"} {
		targets = append(targets, &observed{Target: trace.Target{Container: id}})
	}
	var got []string
	for _, s := range p.sockets(targets, make([]sample.Seen, 3), recs)[0] {
		got = append(got, s.String())
	}
	if d := cmp.Diff([]string{
		"connect tcp cache:6379", "connect tcp cache:9000", "connect tcp db:5432", "connect tcp db:7", "connect tcp db:9000", "connect tcp mail:25",
	}, got); d != "" {
		t.Error(d)
	}
}
