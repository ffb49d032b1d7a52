package rules

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"batten/plan"
)

// addedTo are the texts that a rule's fixes add to a service's list in a fixture.
func addedTo(t *testing.T, fixturePath, service, list string) []string {
	t.Helper()
	f := loadFixture(t, fixturePath)
	own, _ := f.decisions(f.facts)
	var out []string
	for _, d := range own {
		if d.Finding.Service != service || !d.Apply {
			continue
		}
		for _, c := range d.Finding.Fix.Changes {
			if text, ok := c.Value.(string); ok && c.Op == plan.Add && c.Path[len(c.Path)-1] == list {
				out = append(out, text)
			}
		}
	}
	return out
}

func TestATmpfsHasTheOwnerAndModeOfTheImagesFolder(t *testing.T) {
	for _, c := range []struct {
		fixture, service string
		want             []string
	}{
		{"measured", "web", []string{
			"/run:rw,noexec,nosuid,nodev,size=16m,mode=0755",
			"/run/web:rw,noexec,nosuid,nodev,size=16m,uid=33,gid=33,mode=0750",
			"/tmp:rw,exec,nosuid,nodev,size=64m,mode=1777",
			"/var/cache/web:rw,noexec,nosuid,nodev,size=64m,uid=33,gid=4,mode=0700",
		}},
		{"measured", "deep", []string{
			"/new:rw,noexec,nosuid,nodev,size=64m,uid=1000,gid=1000,mode=0755",
			"/opt/app/spool:rw,noexec,nosuid,nodev,size=64m,uid=1000,gid=1000,mode=0755",
		}},
		{"image-facts", "tested", []string{"/run/postgresql:rw,noexec,nosuid,nodev,size=16m,uid=999,gid=999,mode=3775"}},
		{"with-data", "app", []string{"/var/cache/app:rw,noexec,nosuid,nodev,size=64m,uid=1000,gid=1000,mode=0755"}},
		{"unknown-image", "web", []string{
			"/run:rw,noexec,nosuid,nodev,size=16m", "/tmp:rw,noexec,nosuid,nodev,size=64m", "/var/tmp:rw,noexec,nosuid,nodev,size=64m",
		}},
	} {
		if got := addedTo(t, "testdata/B008/"+c.fixture+".txtar", c.service, "tmpfs"); !slices.Equal(got, c.want) {
			t.Errorf("%s/%s:\n%s", c.fixture, c.service, strings.Join(got, "\n"))
		}
	}
}

func TestAFolderIsUnderItselfAndNotUnderANameThatItBegins(t *testing.T) {
	for _, c := range []struct {
		p, folder string
		want      bool
	}{
		{"/run", "/run", true}, {"/run/x", "/run/", true}, {"/runner", "/run", false}, {"/", "/run", false}, {"/x", "/", true},
	} {
		if under(c.p, c.folder) != c.want {
			t.Errorf("%s under %s", c.p, c.folder)
		}
	}
}

// Whatever a service names its files, a path cannot end the tmpfs' path early, nor
// be a variable for compose.
func TestNoPathBreaksOutOfATmpfs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.String().Draw(t, "path")
		if !usablePath(p) {
			return
		}
		text := scratch{path: p}.text()
		target, options, _ := strings.Cut(text, ":")
		if target != p || strings.ContainsAny(text, "$\"'\\\n ") || !strings.HasPrefix(options, "rw,noexec,nosuid,nodev,size=") {
			t.Fatalf("%q", text)
		}
	})
}

func TestVolumeNamesAreNewAndWellFormed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		taken := map[string]bool{}
		for range rapid.IntRange(1, 6).Draw(t, "volumes") {
			folder := "/" + rapid.StringMatching(`[ -~]{0,12}(/[a-z]{1,4}){0,3}`).Draw(t, "folder")
			name := volumeName("app", folder, taken)
			if taken[name] || !volumeForm.MatchString(name) {
				t.Fatalf("%q for %q, taken %v", name, folder, taken)
			}
			taken[name] = true
		}
	})
}

func TestDataIsToldFromWorkFiles(t *testing.T) {
	for p, want := range map[string]string{
		"/var/lib/app/db": "/var/lib/app", "/data/x": "/data", "/srv/site/index.html": "/srv/site", "/var/lib/db": "/var/lib",
		"/var/lib/nginx/body/1": "", "/var/lib/app/cache/x": "", "/data": "", "/tmp/x": "", "/database/x": "", "/var/www/html/upload": "/var/www",
	} {
		got := ""
		if looksLikeData(p) {
			got = dataOf(p)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", p, got, want)
		}
	}
}

// The same options in another order, or more of them, stay as they are.
func TestAReadOnlyMountKeepsItsOptions(t *testing.T) {
	facts := factsFrom(t, `-- compose.yaml --
services:
  web:
    image: web
    volumes: ["./a:/a", "./b:/b:rw,z", "./c:/c:z,delegated", "${D:-./d}:/d"]
`)
	d := &plan.Draft{Facts: facts}
	want := []string{"./a:/a:ro", "./b:/b:ro,z", "./c:/c:ro,z,delegated", "${D:-./d}:/d:ro"}
	for i, m := range mountsOf(d, facts.Project.Services[0]) {
		changes, ok := m.readOnly()
		if !ok || changes[0].Value != want[i] {
			t.Errorf("%s: %v %+v", m.Target, ok, changes)
		}
	}
}

func TestAMountThatAnExtendedFileHoldsIsNotEdited(t *testing.T) {
	facts := factsFrom(t, `-- compose.yaml --
services:
  web: {extends: {file: base.yaml, service: base}}
-- base.yaml --
services:
  base: {image: web, volumes: ["./a:/a"]}
`)
	d := &plan.Draft{Facts: facts}
	mounts := mountsOf(d, facts.Project.Services[0])
	if len(mounts) != 1 {
		t.Fatalf("%+v", mounts)
	}
	if changes, ok := mounts[0].readOnly(); ok {
		t.Errorf("%+v", changes)
	}
}
