package secrets

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"batten/plan"
	"batten/project"
)

// mounted puts the files of moves into a folder, and is a script with that folder
// in place of the one in the container, as compose hands it on.
func mounted(t *rapid.T, dir string, moves []Move, script string) string {
	for _, m := range moves {
		for _, f := range m.Fix.Files {
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(f.Path)), []byte(f.Content.Reveal()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return strings.ReplaceAll(unescape(script), "/run/secrets/", dir+"/")
}

// run executes a script with arguments in an empty folder, and fails when it
// leaves anything there.
func run(t *rapid.T, dir string, args ...string) []byte {
	work := filepath.Join(dir, "work")
	if err := os.MkdirAll(work, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sh", args...)
	cmd.Dir, cmd.Env = work, []string{"PATH=/usr/bin:/bin"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the script fails: %v", err)
	}
	if left, err := os.ReadDir(work); err != nil || len(left) > 0 {
		t.Fatalf("the script did something else: %v", err)
	}
	return out
}

// shellHostile are values that would do something in a shell: make a file, end a
// word, begin a substitution.
var shellHostile = rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"'", `"`, "`touch x`", "$(touch x)", "; touch x;", "\n", "\\", " ", "$HOME", "!", "*",
	"a", "&", "|", ">x", "é", "#", "-e", "%s", "{a,b}", "~"}), 1, 6), func(parts []string) string { return strings.Join(parts, "") })

func imageWithShell() *project.Image {
	return &project.Image{Entrypoint: []string{"/usr/bin/env"}, Command: []string{"-0"}, Files: &project.ImageFiles{Entries: map[string]project.FileEntry{
		"/bin": {Folder: true, Mode: 0o755}, "/bin/sh": {Mode: 0o755}, "/bin/cat": {Mode: 0o755}}}}
}

func TestAWrapperSetsExactlyTheValue(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		secret := shellHostile.Draw(rt, "password") + "x9"
		before, after := shellHostile.Draw(rt, "before"), shellHostile.Draw(rt, "after")
		text := escape(before+"X"+secret) + escape(after)
		start := len(escape(before + "X"))
		u := &Unit{Service: "web", Place: Environment, Key: "APP_VALUE", Variable: "APP_VALUE", Scalars: []Scalar{{Text: text,
			Spans: []Span{{Start: start, End: start + len(escape(secret)), Value: plan.NewSensitive(secret)}}}}}
		p := &project.Project{Services: []project.Service{{Name: "web", Image: "private/app", Config: &project.ServiceConfig{}, Facts: imageWithShell()}}}
		set := &Set{Units: []*Unit{u}, byValue: map[string]*Secret{}}
		set.take(secret)
		set.name(p)
		moves := Migrate(p, set, always, options)
		want := before + "X" + secret + after
		if strings.HasSuffix(want, "\n") {
			if moves[0].Form == WrapperForm {
				rt.Fatal("a shell takes the newline at the end away")
			}
			return
		}
		if moves[0].Form != WrapperForm {
			rt.Fatalf("form %q", moves[0].Form)
		}
		var entry []string
		for _, c := range moves[0].Fix.Changes {
			if c.Op == plan.Set && c.Path[len(c.Path)-1] == "entrypoint" {
				for _, a := range c.Value.([]any) {
					entry = append(entry, a.(string))
				}
			}
		}
		if len(entry) != 4 || entry[0] != "/bin/sh" || entry[3] != "/usr/bin/env" {
			rt.Fatalf("%d words", len(entry))
		}
		out := run(rt, dir, "-ec", mounted(rt, dir, moves, entry[2]), entry[3], "-0")
		if !bytes.Contains(append([]byte{0}, out...), []byte("\x00APP_VALUE="+want+"\x00")) {
			rt.Fatal("the service gets another value")
		}
	})
}

func TestACheckWrittenAsAScriptHasTheSameArguments(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		secret := strings.TrimRight(shellHostile.Draw(rt, "password"), "\n") + "x9"
		args := []string{"printf", `%s\0`}
		scalars := []Scalar{{Text: "printf"}, {Text: `%s\0`}}
		for range rapid.IntRange(1, 4).Draw(rt, "arguments") {
			before := shellHostile.Draw(rt, "before")
			sc := Scalar{Text: escape(before)}
			args = append(args, before)
			if rapid.Bool().Draw(rt, "secret") {
				sc.Spans = []Span{{Start: len(sc.Text), End: len(sc.Text) + len(escape(secret)), Value: plan.NewSensitive(secret)}}
				sc.Text += escape(secret)
				args[len(args)-1] += secret
			}
			scalars = append(scalars, sc)
		}
		script, ok := commandLine(scalars, func(Span) string { return "x" })
		if !ok {
			rt.Fatal("not possible")
		}
		moves := []Move{{Fix: plan.Fix{Files: []plan.File{{Path: "x", Content: plan.NewSensitive(secret)}}}}}
		out := run(rt, dir, "-ec", mounted(rt, dir, moves, script))
		if string(out) != strings.Join(args[2:], "\x00")+"\x00" {
			rt.Fatal("the arguments are others")
		}
	})
}

func TestAScriptReadsTheFileWithinAnyQuotes(t *testing.T) {
	dir := t.TempDir()
	scripts := []string{`printf %s -pSECRET`, `printf %s "-pSECRET"`, `printf %s '-pSECRET'`, `printf %s "a"'-pSECRET'`}
	rapid.Check(t, func(rt *rapid.T) {
		script := rapid.SampledFrom(scripts).Draw(rt, "script")
		start := strings.Index(script, "SECRET")
		got, ok := inScript(script, []Span{{Start: start, End: start + len("SECRET"), Value: plan.NewSensitive("SECRET")}}, func(Span) string { return "x" })
		if !ok {
			rt.Fatalf("%s: not possible", script)
		}
		value := strings.TrimRight(shellHostile.Draw(rt, "value"), "\n")
		moves := []Move{{Fix: plan.Fix{Files: []plan.File{{Path: "x", Content: plan.NewSensitive(value)}}}}}
		if out := string(run(rt, dir, "-ec", mounted(rt, dir, moves, got))); !strings.HasSuffix(out, "-p"+value) {
			rt.Fatalf("%s: another value", script)
		}
	})
	for _, script := range []string{"a \\\"SECRET", "a $(b SECRET)", "a `b SECRET`", "cat <<E\nSECRET\nE"} {
		start := strings.Index(script, "SECRET")
		if _, ok := inScript(script, []Span{{Start: start, End: start + 6}}, func(Span) string { return "x" }); ok {
			t.Errorf("%q: nobody knows what quotes count here", script)
		}
	}
}

func TestTheFileOfVariablesGivesAShellExactlyTheValues(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		value := shellHostile.Draw(rt, "value")
		out := run(rt, dir, "-ec", "set -a\nX="+Quote(value)+"\nset +a\nprintf '%s' \"$X\"")
		if string(out) != value {
			rt.Fatal("another value")
		}
	})
}
