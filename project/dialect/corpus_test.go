package dialect

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"

	"batten/internal/testenv/require"
	"batten/project"
)

// On real files, the table and the schema say the same once a version is given.
func TestTheTableAgreesWithTheSchemaOnTheCorpus(t *testing.T) {
	dir := corpus(t)
	files, accepted := 0, 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".yml", ".yaml"}, filepath.Ext(path)) {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		root, err := project.ParseSource(data)
		if err != nil {
			return err
		}
		var tree map[string]any
		if err := root.Decode(&tree); err != nil {
			return err
		}
		tree["version"] = "3.8"
		setVersion(root)
		files++
		err = ValidateStrict(tree)
		if err == nil {
			accepted++
		}
		if problems := Check(root); Accepts(problems, Strict) != (err == nil) {
			t.Errorf("%s: schema %v, table %+v", path, err, problems)
		}
		return nil
	})
	if err != nil || files != 209 || accepted != 32 {
		t.Errorf("%d of %d files accepted, %v", accepted, files, err)
	}
}

func setVersion(root *yaml.Node) {
	for i := 0; i < len(root.Content); i += 2 {
		if root.Content[i].Value == "version" {
			root.Content[i+1].Value, root.Content[i+1].Tag = "3.8", "!!str"
			return
		}
	}
	root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "version"},
		&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "3.8"})
}

// corpus is the folder of other people's compose files.
func corpus(t *testing.T) string {
	t.Helper()
	return require.Corpus(t)
}

func FuzzCheck(f *testing.F) {
	for _, r := range table {
		f.Add([]byte(r.file()))
	}
	f.Add([]byte("a: &a {<<: *a}\nb: *a"))
	f.Fuzz(func(t *testing.T, data []byte) {
		root, err := project.ParseSource(data)
		if err != nil {
			return
		}
		for _, p := range slices.Concat(Check(root), Ignored(root)) {
			if p.Why == "" || len(p.Readers) == 0 {
				t.Fatalf("%+v", p)
			}
		}
	})
}
