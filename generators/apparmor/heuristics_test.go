package apparmor

import (
	"fmt"
	"strings"
	"testing"

	"batten/profiles"
)

// Each heuristic by its name in the table: what one recording becomes.
var heuristicTests = []struct {
	heuristic string
	path      string
	access    profiles.Access
	want      string
}{
	{"the number of a process", "/proc/4711/status", profiles.AccessRead, `"/proc/@{pid}/status" r,`},
	{"the number of a thread", "/proc/1/task/4711/comm", profiles.AccessWrite, `"/proc/@{pid}/task/@{pid}/comm" w,`},
	{"the number of an open file", "/proc/1/fd/7", profiles.AccessRead, `"/proc/@{pid}/fd/@{int}" r,`},
	{"the number of an open file", "/proc/1/task/1/fdinfo/12", profiles.AccessRead, `"/proc/@{pid}/task/@{pid}/fdinfo/@{int}" r,`},
	{"the number of a terminal", "/dev/pts/3", profiles.AccessLock, `"/dev/pts/@{int}" k,`},
	{"the date at which Kubernetes wrote a volume", "/etc/config/..2026_08_01_10_20_30.123456789/app.conf", profiles.AccessRead,
		`"/etc/config/..@{digit4}_[0-9][0-9]_[0-9][0-9]_[0-9][0-9]_[0-9][0-9]_[0-9][0-9].@{int}/app.conf" r,`},
	{"the version of a library", "/usr/lib/libfoo.so.1.2.3", profiles.AccessMap, `"/usr/lib/libfoo.so.1{,.[0-9]*}" rm,`},
	{"the version of a library", "/lib/ld-2.31.so", profiles.AccessMap, `"/lib/ld-@{int}.@{int}.so" rm,`},
	{"a UUID", "/srv/up-123e4567-e89b-12d3-a456-426614174000.bin", profiles.AccessCreate,
		`"/srv/up-@{hex8}-@{hex4}-@{hex4}-@{hex4}-@{hex12}.bin" w,`},
	{"a compiled Python module", "/app/__pycache__/main.cpython-311.pyc", profiles.AccessRead, `"/app/__pycache__/main.cpython-@{int}.pyc" r,`},
	{"a compiled Python module", "/app/__pycache__/main.cpython-311.pyc.140233", profiles.AccessCreate, `"/app/__pycache__/main.cpython-@{int}.pyc.@{long}" w,`},
	{"the number or date of a rotated log", "/var/log/web/access.log.3.gz", profiles.AccessRename, `"/var/log/web/access.log.@{int}.gz" rw,`},
	{"the number or date of a rotated log", "/var/log/web/access.log-2026-08-01", profiles.AccessRename, `"/var/log/web/access.log-@{digit4}-[0-9][0-9]-[0-9][0-9]" rw,`},
	{"a hash", "/srv/blobs/sha256:" + strings.Repeat("0a", 32), profiles.AccessRead, `"/srv/blobs/sha256:@{hex64}" r,`},
	{"a hash", "/srv/app." + strings.Repeat("0A", 16) + ".js", profiles.AccessRead, `"/srv/app.@{HEX32}.js" r,`},
	{"a level of a cache", "/srv/cache/3/f0/" + strings.Repeat("0a", 16), profiles.AccessRead, `"/srv/cache/[0-9a-f]/[0-9a-f][0-9a-f]/@{hex32}" r,`},
	{"the inode of a nameless file", "/srv/data/#4711", profiles.AccessCreate, `"/srv/data/#@{int}" w,`},
	{"the number in a temporary name", "/data/temp-15.rdb", profiles.AccessCreate, `"/data/temp-@{int}.rdb" w,`},
	{"the random part of a temporary name", "/tmp/sess_aB3dE9", profiles.AccessCreate, `"/tmp/sess_@{rand6}" w,`},
	{"the random part of a temporary name", "/tmp/tmpa1b_c2d3.py", profiles.AccessCreate, `"/tmp/tmp@{temp8}.py" w,`},
	{"a number", "/srv/queue/msg-1785542400.eml", profiles.AccessCreate, `"/srv/queue/msg-@{int}.eml" w,`},
}

func TestHeuristics(t *testing.T) {
	tested := map[string]bool{}
	for _, tt := range heuristicTests {
		p := web(1)
		touch(&p, 1, tt.path, tt.access)
		r := generate(t, p, Options{})
		wantRules(t, r, tt.want)
		for _, x := range r.Rules {
			if x.Text == tt.want && !strings.Contains(x.Generalised, tt.heuristic) {
				t.Errorf("%s is said to be %q", tt.path, x.Generalised)
			}
		}
		tested[tt.heuristic] = true
		if a := compiled(t, r.Text)[0]; a.perms(tt.path) == 0 {
			t.Errorf("the rule %s does not match %s", tt.want, tt.path)
		}
	}
	tested["a number in a name that was given up"] = true // below: it takes two accesses
	for _, h := range heuristics {
		if !tested[h.name] {
			t.Errorf("no test of %q", h.name)
		}
	}
}

func TestNamesThatOnlyLookAlikeStayLiteral(t *testing.T) {
	for _, path := range []string{
		"/srv/config", "/srv/x86_64", "/srv/part01", "/srv/file12345", "/srv/a-backup", "/srv/a-Backup", "/srv/libfoo.so.1.2.3",
		"/proc/self/status", "/proc/4711x/status", "/proc/12345678/status", "/dev/pts/ptmx", "/srv/" + strings.Repeat("0a", 15),
		"/srv/task/12/comm", "/srv/..2026_08_01", "/srv/access.logic-12x",
	} {
		p := web(1)
		touch(&p, 1, path, profiles.AccessRead)
		wantRules(t, generate(t, p, Options{}), `"`+path+`" r,`)
	}
}

// What belongs to the image is named the same in every run, however odd its name.
func TestNamesOfTheImageStayLiteral(t *testing.T) {
	path := "/usr/share/web/app." + strings.Repeat("0a", 16) + ".js"
	p := web(1)
	touch(&p, 1, path, profiles.AccessRead).Mount = profiles.MountRoot
	wantRules(t, generate(t, p, Options{}), `"`+path+`" r,`)
}

// A library that the service wrote itself is none of the image: nothing like it may
// be written and mapped.
func TestWrittenLibrariesStayLiteral(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/srv/libfoo.so.1.2", profiles.AccessMap, profiles.AccessCreate)
	wantRules(t, generate(t, p, Options{}), `"/srv/libfoo.so.1.2" rwm,`)
}

// What was the same in all runs is not random.
func TestStableNamesStayLiteral(t *testing.T) {
	path := "/srv/app." + strings.Repeat("0a", 16) + ".js"
	p := web(2)
	touch(&p, 2, path, profiles.AccessRead)
	wantRules(t, generate(t, p, Options{}), `"`+path+`" r,`)
}

func TestThresholds(t *testing.T) {
	fill := func(p *profiles.Profile, folder, ext string, n int, access ...profiles.Access) {
		for i := range n {
			touch(p, p0(*p), folder+"/name"+strings.Repeat("x", i)+ext, access...)
		}
	}
	for _, tt := range []struct {
		folder string
		n      int
		access profiles.Access
		want   string // "" for literals
	}{
		{"/tmp", 11, profiles.AccessCreate, `"/tmp/*.tmp" w,`},
		{"/tmp", 10, profiles.AccessCreate, ""},
		{"/var/cache/web", 21, profiles.AccessCreate, `"/var/cache/web/*.tmp" w,`},
		{"/usr/share/web", 200, profiles.AccessRead, ""},
		{"/srv/web", 101, profiles.AccessRead, `"/srv/web/*.tmp" r,`},
		{"/etc/web", 250, profiles.AccessRead, ""},
		{"/opt/web", 250, profiles.AccessCreate, ""},
		{"/tmp", 30, profiles.AccessMap, ""},
		{"/tmp", 30, profiles.AccessExecute, ""},
	} {
		t.Run(fmt.Sprint(tt.folder, tt.n, tt.access), func(t *testing.T) {
			p := web(1)
			fill(&p, tt.folder, ".tmp", tt.n, tt.access)
			r := generate(t, p, Options{})
			if tt.want == "" {
				wantNoRuleWith(t, r, "*")
				return
			}
			wantRules(t, r, tt.want)
			wantNoRuleWith(t, r, "namex")
		})
	}
}

func p0(p profiles.Profile) int { return len(p.Runs) }

func TestManyNumberedNames(t *testing.T) {
	p := web(2)
	for i := range 12 {
		touch(&p, 2, fmt.Sprintf("/var/lib/db/base/%d", 1200+i*37), profiles.AccessRead, profiles.AccessWrite)
		touch(&p, 2, fmt.Sprintf("/var/lib/store/%c%c/", "0123456789ab"[i], "abcdef012345"[i]), profiles.AccessCreate)
	}
	r := generate(t, p, Options{})
	wantRules(t, r, `"/var/lib/db/base/@{int}" rw,`, `"/var/lib/store/[0-9a-f][0-9a-f]/" w,`)
}

// A worker's number in a name that it soon gave up is another one at the next start;
// one in a name that stayed is not.
func TestNumbersInNamesThatWereGivenUp(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/data/pg_internal.init.54", profiles.AccessCreate)
	touch(&p, 1, "/data/pg_internal.init.54", profiles.AccessRename)
	touch(&p, 1, "/data/pgsql_tmp54.0", profiles.AccessCreate)
	touch(&p, 1, "/data/pgsql_tmp54.0", profiles.AccessRemove)
	touch(&p, 1, "/data/16384", profiles.AccessCreate)
	touch(&p, 1, "/data/level2.table", profiles.AccessCreate)
	wantRules(t, generate(t, p, Options{}),
		`"/data/pg_internal.init.@{int}" rw,`, `"/data/pgsql_tmp@{int}.@{int}" w,`, `"/data/16384" w,`, `"/data/level2.table" w,`)
}
