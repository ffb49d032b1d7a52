package secrets

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"batten/plan"
	"batten/project"
)

// startOf is what a service starts after all moves, and the form of its command's.
func startOf(t *testing.T, text, env string, facts *project.Image) (hard *project.Project, before, after *project.ServiceConfig, moves []Move) {
	t.Helper()
	p := composeWith(t, text, env)
	if facts != nil {
		facts.Files = imageWithShell().Files
	}
	p.Services[0].Facts = facts
	moves = Migrate(p, Find(p), always, options)
	hard = hardened(t, p, moves)
	return hard, p.Services[0].Config, hard.Services[0].Config, moves
}

func TestACredentialInWhatIsStartedIsReadFromAFile(t *testing.T) {
	entered := func() *project.Image {
		return &project.Image{Entrypoint: []string{"/entry"}, Command: []string{"serve"}}
	}
	for _, c := range []struct {
		text, env string
		image     *project.Image
		want      []string // after /bin/sh -ec; nil where compose fills the value in
	}{
		{text: "command: serve --bind 0.0.0.0 --requirepass tiger", image: entered(),
			want: []string{`exec /entry serve --bind 0.0.0.0 --requirepass "$(cat /run/secrets/a)"`}},
		{text: "command: [serve, --token=tiger, 'a b', '', \"it's $$X\"]", image: entered(),
			want: []string{`exec /entry serve --token="$(cat /run/secrets/a)" 'a b' '' 'it'\''s $X'`}},
		{text: "command: serve 'a b' \"c\\\"d\" e\\ f --token \"tiger\"", image: entered(),
			want: []string{`exec /entry serve 'a b' 'c"d' 'e f' --token "$(cat /run/secrets/a)"`}},
		{text: "command: [serve, 'redis://:tiger9@${HOST}:1/${X:-y}']", env: "HOST=h\n", image: entered(),
			want: []string{`exec /entry serve redis://:"$(cat /run/secrets/a)""${0}"`, "@h:1/y"}},
		{text: "command: serve --host ${HOST} -p $PORT --token tiger", env: "HOST=h\nPORT=1\n", image: entered(),
			want: []string{`exec /entry serve --host "${0}" -p "${1}" --token "$(cat /run/secrets/a)"`, "h", "1"}},
		{text: "command: serve --token ${TOKEN:-tiger}", image: entered(),
			want: []string{`exec /entry serve --token "$(cat /run/secrets/a)"`}},
		{text: "entrypoint: [own, --token, tiger]", image: entered(), want: []string{`exec own --token "$(cat /run/secrets/a)"`}},
		{text: "entrypoint: own --token tiger\n    command: [x]", image: entered(), want: []string{`exec own --token "$(cat /run/secrets/a)" x`}},
		{text: "command: [serve, --token, tiger]\n    environment: {APP_TOKEN: tiger}", image: entered(),
			want: []string{`export APP_TOKEN="$(cat /run/secrets/a)"; exec /entry serve --token "$(cat /run/secrets/a)"`}},
		{text: "entrypoint: [sh, -c, 'x --token \"tiger\"']", image: entered(),
			want: []string{`exec sh -c 'x --token "'"$(cat /run/secrets/a)"'"'`}},
		{text: "command: [sh, -c, \"x <<E\\n--token tiger\\nE\"]", image: entered(),
			want: []string{`exec /entry sh -c 'x <<E` + "\n" + `--token '"$(cat /run/secrets/a)"'` + "\n" + `E'`}},
		{text: "command: [serve, --token, tiger]"},                                                // no image
		{text: "command: serve --token ${EMPTY-}tiger", env: "EMPTY=a b\n", image: entered()},     // not one word
		{text: "command: serve ${EMPTY} --token tiger", env: "EMPTY=\n", image: entered()},        // no word
		{text: "command: serve ${UNSET} --token tiger", image: entered()},                         // nobody knows
		{text: "command: serve --token tiger | tee x", image: entered()},                          // two programs
		{text: "command: serve --token ti\"ger\"", image: entered()},                              // the value has no quotes
		{text: "command: serve --token tiger \"a\\b\"", image: entered()},                         // two ways to read it
		{text: "command: [serve, --token, \"tiger\\n\"]", image: entered()},                       // the shell takes the newline
		{text: "command: [serve, --token, tiger]\n    entrypoint: []", image: entered()},          // read in two ways
		{text: "command: [serve, --token, tiger]\n    entrypoint: [-x]", image: entered()},        // an option of exec
		{text: "command: [serve, --token, tiger]\n    entrypoint: ['${X:-x}']", image: entered()}, // may become one
	} {
		p, _, after, moves := startOf(t, "services:\n  web:\n    image: private/app\n    "+c.text+"\n", c.env, c.image)
		if len(Left(p)) > 0 {
			t.Errorf("%s: something is left", c.text)
		}
		for _, m := range moves {
			if (m.Form == WrapperForm) != (c.want != nil) {
				t.Errorf("%s: %s", c.text, m.Form)
			}
		}
		if c.want == nil {
			continue
		}
		const file = "/run/secrets/"
		name, _, _ := strings.Cut(strings.SplitN(after.Entrypoint[2], file, 2)[1], " ")
		c.want[0] = "cat " + file + "a >/dev/null; " + c.want[0]
		c.want[0] = strings.ReplaceAll(c.want[0], file+"a", file+name)
		if want := append([]string{"/bin/sh", "-ec"}, c.want...); !slices.Equal(after.Entrypoint, want) {
			t.Errorf("%s:\n%q, not\n%q", c.text, after.Entrypoint, want)
		}
		if after.Command != nil || len(after.Secrets) != 1 {
			t.Errorf("%s: %d words of a command, %d secrets", c.text, len(after.Command), len(after.Secrets))
		}
	}
}

func TestAScriptOfACommandReadsItsCredential(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`command: sh -c "serve --token tiger $$X"`, `serve --token "$(cat F)" $X`},
		{`command: [sh, -ec, "serve --token 'tiger' ${HOST}"]`, `serve --token ''"$(cat F)"'' h`},
		{`command: [sh, -ec, "serve --token \"tiger\""]`, `serve --token "$(cat F)"`},
		{`command: [bash, -c, "# don't\nserve --token tiger"]`, ""},
		{`command: [sh, -c, "serve --token ti*er"]`, ""},
		{`command: [sh, -c, "serve --token \"ti\\er\""]`, ""},
		{"entrypoint: [x, --token, lion]\n    command: [sh, -ec, 'serve --token tiger']", ""},
	} {
		text := "services:\n  db:\n    image: postgres\n    " + c.text + "\n"
		p, _, after, moves := startOf(t, text, "HOST=h\n", nil)
		if len(Left(p)) > 0 {
			t.Errorf("%s: something is left", c.text)
		}
		for _, m := range moves {
			if (m.Form == ScriptForm) != (c.want != "") {
				t.Errorf("%s: %s", c.text, m.Form)
			}
		}
		if c.want == "" {
			continue
		}
		name := after.Secrets[0].Source
		want := strings.ReplaceAll("cat F >/dev/null || exit 1; "+c.want, "F", "/run/secrets/"+name)
		if len(after.Command) != 3 || after.Command[2] != want || len(after.Entrypoint) > 0 {
			t.Errorf("%s: %q", c.text, after.Command)
		}
	}
}

// What is inherited comes back when it is taken away, and who inherits would get a
// wrapper for another command.
func TestWhatIsInheritedIsNotStartedAnew(t *testing.T) {
	for _, text := range []string{
		"services:\n  web:\n    extends: {service: base}\n    command: [serve, --token, tiger]\n  base:\n    image: private/app\n",
		"services:\n  web:\n    image: private/app\n    command: [serve, --token, tiger]\n  x:\n    extends: {service: web}\n    command: [work]\n",
		"services:\n  web:\n    image: private/app\n    command: [serve, --token, tiger]\n  x:\n    extends: web\n    command: [work]\n",
		"x-b: &b {command: [old]}\nservices:\n  web:\n    <<: *b\n    image: private/app\n    command: [serve, --token, tiger]\n",
		"services:\n  web:\n    image: private/app\n    post_start: [{command: [serve, --token, tiger]}]\n",
	} {
		p := compose(t, text)
		for i := range p.Services {
			p.Services[i].Facts = imageWithShell()
		}
		for _, m := range Migrate(p, Find(p), always, options) {
			if m.Form != VariableForm {
				t.Errorf("%s: %s", text, m.Form)
			}
		}
	}
}

func TestEveryFileLosesTheCommandThatIsStartedAnew(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "a.yaml"), "services:\n  db:\n    image: private/x\n    command: serve --token tiger\n")
	writeFile(t, filepath.Join(dir, "b.yaml"), "services:\n  db:\n    command: serve --token lion\n")
	p, err := project.Load(context.Background(), dir, []string{"a.yaml", "b.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	p.Services[0].Facts = imageWithShell()
	moves := Migrate(p, Find(p), always, options)
	if len(moves) != 2 || moves[0].Form != WrapperForm || moves[1].Form != WrapperForm {
		t.Fatalf("%v", formsOf(moves))
	}
	for _, m := range moves {
		removed := slices.ContainsFunc(m.Fix.Changes, func(c plan.Change) bool { return c.Op == plan.Remove && c.Path.String() == "services.db.command" })
		if !removed || len(m.Fix.Files) != 1 || m.Fix.Files[0].Content.Reveal() != "lion" {
			t.Errorf("%s: the command stays, or another value is kept", m.Unit.Key)
		}
	}
}

// Whatever stands in a command, the program gets the same arguments afterwards.
func TestWhatIsStartedAnewHasTheSameArguments(t *testing.T) {
	dir := t.TempDir()
	wrapped := 0
	rapid.Check(t, func(rt *rapid.T) {
		word := rapid.OneOf(shellHostile, rapid.Just(""), rapid.Just("--token"), rapid.Just("${HOSTILE}"), rapid.Just("x${HOSTILE}y"))
		var command []any
		for range rapid.IntRange(0, 4).Draw(rt, "words before") {
			command = append(command, spelled(word.Draw(rt, "word")))
		}
		secret := "x9" + shellHostile.Draw(rt, "password")
		if rapid.Bool().Draw(rt, "joined") {
			command = append(command, "--token="+escape(secret))
		} else {
			command = append(command, "--token", escape(secret))
		}
		command = append(command, spelled(word.Draw(rt, "last word")))
		text, err := yaml.Marshal(map[string]any{"services": map[string]any{"web": map[string]any{"image": "private/app", "command": command}}})
		if err != nil {
			rt.Fatal(err)
		}
		if checkArguments(t, rt, dir, string(text), "\"'; touch x\\\"; `touch x`*\"") {
			wrapped++
		}
	})
	if wrapped < 20 {
		t.Errorf("only %d were started anew", wrapped)
	}
}

// spelled is a word for a compose file: a reference, or a text.
func spelled(word string) string {
	if strings.Contains(word, "${HOSTILE}") {
		return word
	}
	return escape(word)
}

func TestATextThatIsStartedAnewHasTheSameArguments(t *testing.T) {
	dir := t.TempDir()
	wrapped := 0
	part := rapid.SampledFrom([]string{"a", " ", "'b c'", `"d e"`, `\ `, `\'`, "''", "*", "$$x", "${HOSTILE}", `'$$(touch x)'`, `"it's"`, "é", "#", "~", "{a,b}", "\t"})
	rapid.Check(t, func(rt *rapid.T) {
		command := strings.Join(rapid.SliceOfN(part, 0, 6).Draw(rt, "before"), "") + " --token tiger9tiger " +
			strings.Join(rapid.SliceOfN(part, 0, 6).Draw(rt, "after"), "")
		text, err := yaml.Marshal(map[string]any{"services": map[string]any{"web": map[string]any{"image": "private/app", "command": command}}})
		if err != nil {
			rt.Fatal(err)
		}
		if checkArguments(t, rt, dir, string(text), rapid.SampledFrom([]string{"h", "'a b'"}).Draw(rt, "variable")) {
			wrapped++
		}
	})
	if wrapped < 20 {
		t.Errorf("only %d were started anew", wrapped)
	}
}

// checkArguments starts what comes out, when it is a wrapper, with a program that
// writes its arguments.
func checkArguments(t *testing.T, rt *rapid.T, dir, text, env string) bool {
	facts := &project.Image{Entrypoint: []string{"/usr/bin/printf", `%s\0`}}
	_, before, after, moves := startOf(t, text, "HOSTILE="+env+"\n", facts)
	if !slices.ContainsFunc(moves, func(m Move) bool { return m.Form == WrapperForm }) {
		return false
	}
	args := slices.Concat([]string(after.Entrypoint[1:]), []string(after.Command))
	for i := range args {
		args[i] = mounted(rt, dir, moves, escape(args[i]))
	}
	if out := string(run(rt, dir, args...)); out != strings.Join(before.Command, "\x00")+"\x00" {
		rt.Fatalf("other arguments: %q", args)
	}
	return true
}
