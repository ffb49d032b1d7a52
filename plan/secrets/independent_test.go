package secrets

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever is left out, what is moved is moved whole, and what is not stays.
func TestMovesAreIndependent(t *testing.T) {
	for name, text := range independentTexts {
		t.Run(name, func(t *testing.T) { checkIndependent(t, text) })
	}
}

var independentTexts = map[string]string{
	"places": `services:
  db:
    image: postgres
    environment: {POSTGRES_PASSWORD: tiger9tiger, OTHER_TOKEN: wolf}
    healthcheck: {test: ["CMD-SHELL", "PGPASSWORD=tiger9tiger psql -h $$POSTGRES_PASSWORD"]}
  app:
    image: private/app
    environment: {A_PASSWORD: tiger9tiger, B_TOKEN: bear, URL: "x://u:tiger9tiger@db"}
    command: serve --token lion
    labels: {x.token: fox}
  plain:
    image: x
    environment: [C_PASSWORD=lynx, "D_PASSWORD=it's", E_TOKEN=elk]
`,
	"starts": `services:
  app:
    image: private/app
    entrypoint: [serve, --api-key, lion9lion]
    command: --token bear9bear
    environment: {A_PASSWORD: tiger9tiger, B_TOKEN: lion9lion}
  db:
    image: private/db
    command: serve --token lion9lion --api-key bear9bear
    environment: [C_PASSWORD=lynx9lynx]
  plain:
    image: private/script
    command: sh -ec 'serve --token fox9fox'
    environment: [D_PASSWORD=elk9elk]
  literal:
    image: private/literal
    entrypoint: [serve, --api-key, lion9lion]
    environment: {E_TOKEN: wolf9wolf}
`,
}

func checkIndependent(t *testing.T, text string) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		p := compose(t, text)
		for i, s := range p.Services {
			if strings.HasPrefix(s.Image, "private/") {
				p.Services[i].Facts = imageWithShell()
			}
		}
		set := Find(p)
		wanted := map[string]bool{}
		for _, u := range set.Units {
			wanted[u.Service+u.Key] = rapid.Bool().Draw(rt, u.Service+" "+u.Key)
		}
		take := func(u *Unit) bool { return wanted[u.Service+u.Key] }
		all := Migrate(p, set, take, options)
		if again := Migrate(p, Find(p), take, options); shown(all) != shown(again) {
			rt.Fatal("two runs differ")
		}
		chosen := slices.DeleteFunc(slices.Clone(all), func(m Move) bool { return !take(m.Unit) })
		contents := map[string]string{}
		for _, m := range chosen {
			for _, f := range m.Fix.Files {
				if old, ok := contents[f.Path]; ok && old != f.Content.Reveal() {
					rt.Fatalf("%s has two contents", f.Path)
				}
				contents[f.Path] = f.Content.Reveal()
			}
		}
		for _, m := range all {
			for _, v := range []string{"tiger9", "lion9", "bear9", "lynx9", "fox9", "elk9", "wolf9"} {
				if text := fmt.Sprint(m.Fix.Changes, m.Fix.Summary, m.Fix.Notes); strings.Contains(text, v) {
					rt.Fatalf("%s %s: a change holds a value", m.Unit.Service, m.Unit.Key)
				}
			}
		}
		after := hardened(t, p, chosen)
		left := map[string]bool{}
		for _, u := range Left(after) {
			left[u.Service+u.Key] = true
		}
		for _, u := range set.Units {
			if left[u.Service+u.Key] == take(u) {
				rt.Errorf("%s %s: wanted %v, left %v", u.Service, u.Key, take(u), left[u.Service+u.Key])
			}
		}
		for name, s := range after.Model.Secrets {
			if contents["hardened/secrets/"+name] == "" {
				rt.Errorf("secret %s has no file %s", name, s.File)
			}
		}
	})
}
