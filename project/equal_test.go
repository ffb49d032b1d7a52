package project

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestContentsInMemoryLoadLikeThoseOnDisk(t *testing.T) {
	files := map[string]string{
		"compose.yaml":          "include: [inc.yml]\nservices:\n  a: {image: 'x:$TAG', volumes: ['./d:/d'], environment: {K: '1'}}\n  z: {image: z, profiles: [dev]}\n",
		"compose.override.yaml": "services: {a: {user: '7', cap_drop: [ALL]}}",
		"inc.yml":               "services: {b: {image: b, deploy: {resources: {limits: {cpus: '0.5'}}}}}", ".env": "TAG=7",
	}
	dir := write(t, t.TempDir(), files)
	p, err := Load(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	contents := map[string][]byte{}
	var main []string
	for _, name := range []string{"compose.yaml", "compose.override.yaml"} {
		path := filepath.Join(dir, strings.TrimSuffix(name, ".yaml")+".hardened.yml") // nowhere on disk
		contents[path] = []byte(files[name])
		main = append(main, path)
	}
	again, err := Loads(t.Context(), dir, contents, main)
	if err != nil {
		t.Fatal(err)
	}
	if d := EqualModels(p.Model, again); d != "" {
		t.Errorf("differ:\n%s", d)
	}
	contents[main[0]] = []byte(strings.ReplaceAll(files["compose.yaml"], "image: z,", "image: z, read_only: true,"))
	if again, err = Loads(t.Context(), dir, contents, main); err != nil {
		t.Fatal(err)
	}
	if d := EqualModels(p.Model, again); d != "services.z.read_only: differs" {
		t.Errorf("differ: %s", d)
	}
	contents[main[0]] = []byte("services: [" + secretValue)
	if _, err = Loads(t.Context(), dir, contents, main); !errors.Is(err, ErrBadCompose) || !strings.HasPrefix(err.Error(), "load project: compose.hardened.yml:2:1: ") {
		t.Errorf("error %v", err)
	}
}

func TestContentsOfIncludedFilesAreRefusedRatherThanIgnored(t *testing.T) {
	dir := write(t, t.TempDir(), map[string]string{"compose.yaml": "include: [inc.yml]\nservices: {a: {image: a}}", "inc.yml": "services: {b: {image: b}}"})
	main := []string{filepath.Join(dir, "compose.yaml")}
	inc := filepath.Join(dir, "inc.yml")
	if _, err := Loads(t.Context(), dir, map[string][]byte{inc: []byte("services: {b: {image: b}}")}, main); err != nil {
		t.Errorf("the same content: %v", err)
	}
	if _, err := Loads(t.Context(), dir, map[string][]byte{inc: []byte("services: {b: {image: c}}")}, main); !errors.Is(err, ErrBadCompose) {
		t.Errorf("another content: %v", err)
	}
}

func TestDifferencesAreNamedWithoutTheirValues(t *testing.T) {
	model := func(service string) *Model {
		return load(t, map[string]string{"compose.yaml": "name: p\nservices:\n  a:\n    image: b\n" + service}).Model
	}
	const indent = "    "
	for name, c := range map[string]struct{ a, b, want string }{
		"the same":           {indent + "user: '7'\n", indent + "user: '7'\n", ""},
		"value":              {indent + "environment: {P: hunter2}\n", indent + "environment: {P: hunter3}\n", "services.a.environment.P: differs"},
		"value gone":         {indent + "environment: {P: hunter2, Q: r}\n", indent + "environment: {Q: r}\n", "services.a.environment.P: only in the first"},
		"value to null":      {indent + "environment: {P: hunter2}\n", indent + "environment: {P: }\n", "services.a.environment.P: only in the first"},
		"empty and absent":   {indent + "cap_drop: []\n", "", ""},
		"list longer":        {indent + "cap_drop: [ALL]\n", indent + "cap_drop: [ALL, CHOWN]\n", "services.a.cap_drop: has 1 items in the first, 2 in the second"},
		"deep":               {indent + "deploy: {resources: {limits: {memory: 5m}}}\n", indent + "deploy: {resources: {limits: {memory: 6m}}}\n", "services.a.deploy.resources.limits.memory: differs"},
		"another service":    {"", "  c: {image: d}\n", "services.c: only in the second"},
		"extension":          {"x-batten: {a: 1}\n", "x-batten: {a: 2}\n", "x-batten.a: differs"},
		"disabled service":   {"  c: {image: d, profiles: [q]}\n", "  c: {image: e, profiles: [q]}\n", "services.c.image: differs"},
		"same in other form": {indent + "environment: [P=hunter2]\n" + indent + "ports: ['80:80']\n", indent + "environment: {P: hunter2}\n" + indent + "ports: [{target: 80, published: '80'}]\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := EqualModels(model(c.a), model(c.b)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// Loading the same file twice gives models that are equal, whatever order maps
// are walked in.
func TestAModelEqualsItself(t *testing.T) {
	dir := write(t, t.TempDir(), map[string]string{"compose.yaml": large(20)})
	one, err := Load(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	two, err := Load(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := EqualModels(one.Model, two.Model); d != "" {
		t.Error(d)
	}
}

// What batten says is missing is what compose-go asks for in vain.
func TestMissingVariablesAreThoseThatComposeMisses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{
			"a", "$$", "$", "${", "}", "$A", "$B", "${A}", "${B}", "${A:-", "${B:-", "${B-", "${A:+", "${C:+", "${C-", "${C}", " ", "-", ":", "?",
		}), 0, 8).Draw(t, "parts")
		text := strings.Join(parts, "")
		env := map[string]string{"A": "x", "C": ""}
		var asked []string
		value, complete := expand(text, func(name string) (string, bool) {
			v, ok := env[name]
			return v, ok
		})
		// An independent reading of completeness: with the unset variable set, nothing
		// may change if batten called the text complete.
		env["B"] = "set"
		with, completeWith := expand(text, func(name string) (string, bool) {
			if name == "B" {
				asked = append(asked, name)
			}
			v, ok := env[name]
			return v, ok
		})
		if len(asked) == 0 && value != with {
			t.Fatalf("%q: %q became %q", text, value, with)
		}
		if !strings.Contains(text, "B") && complete != completeWith {
			t.Fatalf("%q: complete %v, then %v", text, complete, completeWith)
		}
		if completeWith && !complete && !slices.Contains(asked, "B") {
			t.Fatalf("%q is not complete, and does not ask for B", text)
		}
	})
}
