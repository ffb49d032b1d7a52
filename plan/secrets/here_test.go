package secrets

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"batten/project"
)

func TestAnIncludedFileElsewhereIsGivenNoRelativePath(t *testing.T) {
	for _, c := range []struct {
		include, file string
		want          Form
	}{
		{"- sub/inc.yml", "sub/inc.yml", VariableForm},
		{"- inc.yml", "inc.yml", EnvFileForm},
		{"- {path: inc.yml, project_directory: sub}", "inc.yml", VariableForm},
	} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, "compose.yaml"), "include:\n  "+c.include+"\nservices:\n  web:\n    image: x\n")
		writeFile(t, filepath.Join(dir, c.file), "services:\n  inc:\n    image: x\n    environment:\n      A_PASSWORD: tiger9\n")
		p, err := project.Load(context.Background(), dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := formsOf(Migrate(p, Find(p), always, options))["inc A_PASSWORD"]; got != c.want {
			t.Errorf("%s: %q", c.include, got)
		}
	}
}
