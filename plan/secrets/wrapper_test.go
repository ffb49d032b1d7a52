package secrets

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"batten/plan"
	"batten/project"
)

func TestAnImagesOwnScriptIsEvidence(t *testing.T) {
	for script, want := range map[string]Form{
		"#!/bin/sh\nfile_env 'APP_PASSWORD'\nexec \"$@\"":                         FileForm,
		"#!/bin/sh\nif [ -f \"$APP_PASSWORD_FILE\" ]; then :; fi\nexec \"$@\"":    FileForm,
		"#!/bin/sh\n# file_env APP_PASSWORD\nfile_env APP_PASSWORDS\nexec \"$@\"": WrapperForm,
	} {
		p := compose(t, "services:\n  a:\n    image: private/app\n    environment: {APP_PASSWORD: tiger}\n")
		image := imageWithShell()
		image.Files.Scripts = map[string]string{"/entry.sh": script}
		p.Services[0].Facts = image
		moves := Migrate(p, Find(p), always, options)
		if moves[0].Form != want || moves[0].From != plan.FromImage {
			t.Errorf("%q: %s from %s", script, moves[0].Form, moves[0].From)
		}
	}
}

func TestAWrapperKeepsWhatTheServiceStarts(t *testing.T) {
	for _, c := range []struct {
		text           string
		image          *project.Image
		entry, command []string
	}{
		{"", &project.Image{Entrypoint: []string{"/entry", "$X"}, Command: []string{"serve"}}, []string{"/entry", "$X"}, []string{"serve"}},
		{"    command: [mine]\n", &project.Image{Entrypoint: []string{"/entry"}, Command: []string{"serve"}}, []string{"/entry"}, []string{"mine"}},
		{"    entrypoint: [own, \"$$Y\"]\n", &project.Image{Entrypoint: []string{"/entry"}, Command: []string{"serve"}}, []string{"own", "$Y"}, nil},
		{"    entrypoint: own 'a b'\n    command: mine\n", &project.Image{}, []string{"own", "a b"}, []string{"mine"}},
		{"", &project.Image{Command: []string{"serve"}}, nil, []string{"serve"}},
	} {
		p := compose(t, "services:\n  a:\n    image: private/app\n    environment: {APP_PASSWORD: tiger, DATABASE_URL: \"a://u:tiger@h/x\"}\n"+c.text)
		c.image.Files = imageWithShell().Files
		p.Services[0].Facts = c.image
		after := hardened(t, p, Migrate(p, Find(p), always, options)).Services[0].Config
		script := `cat /run/secrets/app_password >/dev/null; export APP_PASSWORD="$(cat /run/secrets/app_password)"; export DATABASE_URL='a://u:'"$(cat /run/secrets/app_password)"'@h/x'; exec "$0" "$@"`
		if want := append([]string{"/bin/sh", "-ec", script}, c.entry...); !slices.Equal(after.Entrypoint, want) {
			t.Errorf("entry point %q", after.Entrypoint)
		}
		if !slices.Equal(after.Command, c.command) || len(after.Environment) != 0 {
			t.Errorf("command %q, %d variables", after.Command, len(after.Environment))
		}
	}
}

// A shell would go on with an empty password where a file cannot be read.
func TestNothingStartsWithoutItsSecret(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{
		"    environment: {APP_PASSWORD: tiger}\n",
		"    command: [serve, --token, tiger]\n",
		"    command: [sh, -c, 'serve --token tiger']\n",
		"    command: [sh, -c, 'serve --token tiger']\n    environment: {APP_PASSWORD: lion}\n",
	} {
		program := filepath.Join(dir, "serve")
		writeFile(t, program, "#!/bin/sh\necho started\n")
		if err := os.Chmod(program, 0o700); err != nil {
			t.Fatal(err)
		}
		image := &project.Image{Command: []string{"serve"}}
		_, _, after, moves := startOf(t, "services:\n  web:\n    image: private/app\n"+text, "", image)
		if !moves[0].Form.Hidden() {
			t.Errorf("%s: %s", text, moves[0].Form)
		}
		started := func(folder string) bool {
			args := slices.Concat([]string(after.Entrypoint), []string(after.Command))
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "/run/secrets/", folder+"/")
			}
			cmd := exec.Command("/usr/bin/env", args...)
			cmd.Env = []string{"PATH=" + dir + ":/usr/bin:/bin"}
			out, err := cmd.Output()
			return err == nil && string(out) == "started\n"
		}
		if started(filepath.Join(dir, "nothing")) {
			t.Errorf("%s: starts without its secret", text)
		}
		for _, m := range moves {
			for _, f := range m.Fix.Files {
				writeFile(t, filepath.Join(dir, filepath.Base(f.Path)), f.Content.Reveal())
			}
		}
		if !started(dir) {
			t.Errorf("%s: does not start", text)
		}
	}
}
