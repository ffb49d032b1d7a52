package docker_test

import (
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"batten/internal/docker"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
)

func TestTheFilesOfARealImageAreListed(t *testing.T) {
	engine, ref := require.Docker(t), images.Services(t)
	image, err := engine.ImageInspect(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	files, err := engine.ImageFiles(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d entries of %d MB in %s", len(files.Entries), image.Size>>20, time.Since(start).Round(time.Millisecond))
	if su := files.Entries["/usr/bin/su"]; su.Mode != 0o4755 || su.UID != 0 {
		t.Errorf("su: %+v", su)
	}
	if bin := files.Entries["/bin"]; bin.Link != "usr/bin" {
		t.Errorf("bin: %+v", bin)
	}
	if etc := files.Entries["/etc"]; !etc.Folder || etc.Mode != 0o755 {
		t.Errorf("etc: %+v", etc)
	}
	if www := files.Users["www-data"]; www.UID != 33 || www.GID != 33 || www.Home != "/var/www" {
		t.Errorf("www-data: %+v", www)
	}
	if gid, ok := files.Groups["shadow"]; !ok || gid == 0 {
		t.Errorf("shadow: %d %v", gid, ok)
	}
	if _, err := engine.ImageFiles(t.Context(), "batten-test/none:none"); !errors.Is(err, docker.ErrNoImage) {
		t.Errorf("an image that is not there: %v", err)
	}
}

func TestWhatAContainerWroteIsListed(t *testing.T) {
	engine := require.Docker(t)
	id := images.Run(t, engine, docker.Spec{
		Image: images.Services(t), Tmpfs: map[string]string{"/tmp": ""},
		Command: []string{"sh", "-c", "mkdir /made && touch /made/new /tmp/elsewhere && echo >>/etc/passwd && rm /etc/group"},
	})
	if _, err := engine.Wait(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	changes, err := engine.Diff(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]docker.FileChangeKind{}
	for _, c := range changes {
		got[c.Path] = c.Kind
	}
	for path, want := range map[string]docker.FileChangeKind{
		"/made": docker.FileAdded, "/made/new": docker.FileAdded, "/etc/passwd": docker.FileModified, "/etc/group": docker.FileDeleted,
		"/tmp/elsewhere": "",
	} {
		if got[path] != want {
			t.Errorf("%s: %q, want %q", path, got[path], want)
		}
	}
	if _, err := engine.Diff(t.Context(), "no-such-container"); !errors.Is(err, docker.ErrNoContainer) {
		t.Errorf("a container that is not there: %v", err)
	}
}

func TestANetworkTakesASubnetOfTheHost(t *testing.T) {
	engine := require.Docker(t)
	before, err := engine.HostFacts(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", before)
	if before.Version == "" || len(before.Subnets) == 0 {
		t.Errorf("facts are missing: %+v", before)
	}
	if !engine.Local() && before.FreeNetworks != -1 || engine.Local() && before.FreeNetworks < 1 {
		t.Errorf("%d free networks", before.FreeNetworks)
	}
	name := unique("subnet")
	if _, err := engine.CreateNetwork(t.Context(), name, true, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.RemoveNetwork(require.Context(t), name) })
	after, err := engine.HostFacts(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	// Others may make networks meanwhile, so that counts cannot be compared.
	tool := require.Tool(t, "docker", "docker")
	subnet, err := exec.CommandContext(t.Context(), tool, "network", "inspect", "-f", "{{(index .IPAM.Config 0).Subnet}}", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.TrimSpace(string(subnet)); !slices.Contains(after.Subnets, want) {
		t.Errorf("%s is not among %v", want, after.Subnets)
	}
}
