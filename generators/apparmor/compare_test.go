package apparmor

import (
	"fmt"
	"strings"
	"testing"

	"batten/profiles"
)

// Two recordings that differ in a process number, a hash and a temporary name.
func TestWhatDiffersBetweenRunsBecomesOneRule(t *testing.T) {
	p := web(2)
	stable := []string{"/etc/web/web.conf", "/var/lib/web/index", "/tmp/app.lock", "/var/cache/web/manifest"}
	for _, s := range stable {
		touch(&p, 2, s, profiles.AccessRead)
	}
	for _, s := range []string{"/tmp/app-Xa91kQ", "/tmp/app-b7Yz01"} {
		touch(&p, 1, s, profiles.AccessCreate, profiles.AccessRead)
	}
	for _, s := range []string{"12", "2345"} {
		touch(&p, 1, "/proc/"+s+"/stat", profiles.AccessRead)
		touch(&p, 1, "/run/web/worker"+s+".sock", profiles.AccessBind)
	}
	for _, s := range []string{"0f1e2d3c4b5a69788796a5b4c3d2e1f0", "ffeeddccbbaa99887766554433221100"} {
		touch(&p, 1, "/var/cache/web/"+s, profiles.AccessCreate, profiles.AccessRead)
	}
	r := generate(t, p, Options{})
	wantRules(t, r, `"/tmp/app-@{rand6}" rw,`, `"/proc/@{pid}/stat" r,`, `"/run/web/worker@{int}.sock" w,`, `"/var/cache/web/@{hex32}" rw,`)
	for _, s := range stable {
		wantRules(t, r, `"`+s+`" r,`)
	}
	wantNoRuleWith(t, r, "Xa91kQ", "b7Yz01", "2345", "0f1e2d3c", "*")
	for _, x := range r.Rules {
		if strings.Contains(x.Text, "@{rand6}") && (!strings.Contains(x.Generalised, "/tmp/app-Xa91kQ") || len(x.Paths) != 2) {
			t.Errorf("the rule does not say what it stands for: %+v", x)
		}
	}
	a := compiled(t, r.Text)[0]
	for name, want := range map[string]uint32{
		"/tmp/app-Zzzz99": gotRead | gotWrite | gotAppend, "/tmp/app-Zzzz9": 0, "/tmp/app-Zzzz999": 0, "/tmp/app-Zzz/99": 0, "/tmp/app-Zzz_99": 0,
		"/proc/1/stat": gotRead, "/proc/01/stat": 0, "/proc/1a/stat": 0, "/proc/self/stat": 0, "/proc/99999999/stat": 0,
		"/run/web/worker7.sock": gotWrite | gotAppend, "/run/web/worker.sock": 0, "/run/web/workerx.sock": 0,
		"/var/cache/web/" + strings.Repeat("a", 32): gotRead | gotWrite | gotAppend, "/var/cache/web/" + strings.Repeat("g", 32): 0,
		"/var/cache/web/" + strings.Repeat("a", 33): 0,
	} {
		if got := a.perms(name); got != want {
			t.Errorf("%s has permissions %#x, want %#x", name, got, want)
		}
	}
}

func TestRunsThatDidDifferentThingsStayLiteral(t *testing.T) {
	p := web(2)
	words := []string{"/etc/web/blue.conf", "/etc/web/gray.conf", "/srv/config", "/srv/backup", "/srv/import.csv", "/srv/export.csv"}
	for _, s := range words {
		touch(&p, 1, s, profiles.AccessRead)
	}
	r := generate(t, p, Options{})
	for _, s := range words {
		wantRules(t, r, `"`+s+`" r,`)
	}
}

func TestOneRunAloneIsNoComparison(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/srv/part1", profiles.AccessRead, profiles.AccessCreate)
	touch(&p, 1, "/srv/part2", profiles.AccessRead, profiles.AccessCreate)
	r := generate(t, p, Options{})
	wantRules(t, r, `"/srv/part1" rw,`, `"/srv/part2" rw,`)
}

func TestFoldersThatDifferAreUnitedWithWhatIsBelow(t *testing.T) {
	p := web(2)
	for i, s := range []string{"job-k81mQx", "job-Pq02zR"} {
		touch(&p, 1, "/tmp/"+s+"/", profiles.AccessCreate, profiles.AccessRemove)
		touch(&p, 1, fmt.Sprintf("/tmp/%s/out.%d", s, 1700+i), profiles.AccessCreate)
		touch(&p, 1, "/tmp/"+s+"/log", profiles.AccessCreate)
	}
	r := generate(t, p, Options{})
	wantRules(t, r, `"/tmp/job-@{rand6}/" w,`, `"/tmp/job-@{rand6}/out.@{int}" w,`, `"/tmp/job-@{rand6}/log" w,`)
}

// A class gets "x" and "m" only when all that it stands for had them.
func TestAWildcardDoesNotExecuteMoreThanItsClass(t *testing.T) {
	p := web(2)
	touch(&p, 1, "/tmp/app-Xa91kQ", profiles.AccessCreate, profiles.AccessExecute)
	touch(&p, 1, "/tmp/app-b7Yz01", profiles.AccessCreate)
	touch(&p, 1, "/srv/jit-Xa91kQ.so", profiles.AccessCreate, profiles.AccessMap)
	touch(&p, 1, "/srv/jit-b7Yz01.so", profiles.AccessCreate, profiles.AccessMap)
	r := generate(t, p, Options{})
	wantRules(t, r, `"/tmp/app-@{rand6}" rw,`, `"/tmp/app-Xa91kQ" rwmix,`, `"/srv/jit-@{rand6}.so" rwm,`)
	found := false
	for _, n := range r.Notes {
		found = found || n.Kind == NoteWide && strings.Contains(n.Text, "jit-")
	}
	if !found {
		t.Errorf("nothing warns of a wildcard that may be mapped: %v", r.Notes)
	}
	checked(t, r.Text)
}

func TestSensitiveNamesAreNeverGeneralised(t *testing.T) {
	p := web(2)
	names := []string{"/root/.cache/a-Xa91kQ", "/root/.cache/a-b7Yz01", "/etc/web/conf-111111", "/etc/web/conf-222222",
		"/home/u/.ssh/id_111111", "/home/u/.ssh/id_222222", "/srv/site-111111.key", "/srv/site-222222.key",
		"/proc/sys/net/a111111", "/proc/sys/net/a222222", "/run/secrets/db-111111", "/run/secrets/db-222222"}
	for _, s := range names {
		touch(&p, 1, s, profiles.AccessRead)
	}
	r := generate(t, p, Options{})
	for _, s := range names {
		wantRules(t, r, `"`+s+`" r,`)
	}
}
