package secrets

import (
	"context"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"batten/internal/testenv/require"
	"batten/project"
)

// corpus is the folder of other people's compose files.
func corpus(t *testing.T) string {
	t.Helper()
	return require.Corpus(t)
}

func corpusFiles(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(corpus(t), func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && !d.IsDir() && (ext == ".yml" || ext == ".yaml") {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func load(file string) (*project.Project, error) {
	return project.Load(context.Background(), filepath.Dir(file), []string{file})
}

// independent is another way of looking for what is certainly a credential: a
// line of a file that gives a telling name a literal, or an address with a
// password.
var independent = []*regexp.Regexp{
	regexp.MustCompile(`^\s*-?\s*["']?(?:POSTGRES_PASSWORD|MYSQL_ROOT_PASSWORD|MYSQL_PASSWORD|MARIADB_(?:ROOT_)?PASSWORD|[A-Z0-9_]*PASSWORD|[A-Z0-9_]*_TOKEN|JWT_SECRET|[A-Z0-9_]*_SECRET|[A-Z0-9_]*API_KEY)["']?\s*[:=]\s*["']?([^\s"'$#]+)`),
	regexp.MustCompile(`[a-z]+://[^\s/:@'"]*:([^\s/@'"$]+)@`),
	regexp.MustCompile(`--requirepass[\s=]+["']?([^\s"'$-]+)`),
}

// notCredentials are what the independent way takes for credentials: switches, and
// one application's word for "ask the user".
var notCredentials = []string{"true", "false", "user_provided", "True", "False"}

func TestNoCredentialOfTheCorpusIsLeft(t *testing.T) {
	files := corpusFiles(t)
	if len(files) != 209 {
		t.Errorf("the corpus has %d files", len(files))
	}
	forms, references, with := map[Form]int{}, 0, 0
	for _, file := range files {
		p, err := load(file)
		if err != nil {
			t.Errorf("load %s: %v", file, err)
			continue
		}
		set := Find(p)
		moves := Migrate(p, set, always, options)
		moved := map[*Unit]bool{}
		for _, m := range moves {
			if m.Unit.Reference {
				references++
				continue
			}
			forms[m.Form]++
			moved[m.Unit] = true
			if m.Fix.Blocked != "" || len(m.Fix.Changes) == 0 {
				t.Errorf("%s: %s %s: nothing can be done: %s", file, m.Unit.Service, m.Unit.Key, m.Fix.Blocked)
			}
		}
		for _, u := range set.Units {
			if !moved[u] {
				t.Errorf("%s: %s %s is not moved", file, u.Service, u.Key)
			}
		}
		checkIndependently(t, p, set)
		if len(set.Units) == 0 {
			continue
		}
		with++
		after := hardened(t, p, moves)
		for _, u := range Left(after) {
			t.Errorf("%s: %s %s still holds a credential", file, u.Service, u.Key)
		}
	}
	t.Logf("%d files, %d with credentials; references: %d", len(files), with, references)
	for _, form := range slices.Sorted(maps.Keys(forms)) {
		t.Logf("%-10s %d", form, forms[form])
	}
}

// checkIndependently compares with what a search by line finds outside of the
// descriptions of an application store.
func checkIndependently(t *testing.T, p *project.Project, set *Set) {
	t.Helper()
	found := map[int]bool{}
	for _, u := range set.Units {
		for _, sc := range u.Scalars {
			found[sc.Written.Line] = true
		}
	}
	for i, line := range strings.Split(string(p.Sources[0].Data), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "#") || strings.Contains(line, "_US:") {
			continue
		}
		for _, way := range independent {
			m := way.FindStringSubmatch(line)
			if m == nil || slices.Contains(notCredentials, m[1]) || isPath(m[1]) || strings.HasPrefix(m[1], "/") {
				continue
			}
			if !found[i+1] {
				t.Errorf("%s:%d: a credential is not found", p.Sources[0].Name, i+1)
			}
		}
	}
}
