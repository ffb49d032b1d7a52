package secrets

import (
	"testing"

	"batten/project"
)

func FuzzFind(f *testing.F) {
	f.Add([]byte("services:\n  a:\n    environment: {PASSWORD: x, U: 'a://b:c@d'}\n    command: [redis-server, --requirepass x]\n"))
	f.Add([]byte("x: &x {PASSWORD: x}\nservices: {a: {environment: *x, healthcheck: {test: 'mysql -px $$(y'}}}\n"))
	f.Add([]byte("services: {a: {environment: ['PASSWORD=${A:-${B:-x}}', '${', '$'], labels: {k: 'a:$$apr1$$b'}}}\nconfigs: {c: {content: 'pwd: \"x\"'}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		root, err := project.ParseSource(data)
		if err != nil {
			return
		}
		p := &project.Project{Sources: []*project.Source{{Name: "compose.yaml", Role: project.RoleMain, Data: data, Root: root}}}
		set := Find(p)
		for _, secret := range set.Secrets {
			if secret.Name != snake(secret.Name) || secret.Value.Reveal() == "" {
				t.Errorf("name %q", secret.Name)
			}
		}
		for _, u := range set.Units {
			if u.Key == "" {
				t.Error("a unit without a key")
			}
		}
		Migrate(p, set, always, options)
	})
}
