package secrets

import (
	"slices"
	"strconv"
	"strings"

	"batten/project"
)

// longestName keeps a secret's name, with a stack's name before it, within what
// a swarm takes.
const longestName = 40

// generic names say too little without the service that they belong to.
var generic = []string{"password", "passwd", "pass", "pw", "token", "secret", "secret_key", "api_key", "apikey", "app_key", "key",
	"salt", "dsn", "app_secret", "admin_password", "user_password"}

// name gives each secret its name, from the best of the keys that it stands
// under: a whole variable before part of one, a variable before a command.
func (s *Set) name(p *project.Project) {
	type candidate struct {
		rank          int
		service, name string
	}
	best := map[*Secret]candidate{}
	offer := func(secret *Secret, c candidate) {
		if old, ok := best[secret]; secret != nil && (!ok || c.rank < old.rank) {
			best[secret] = c
		}
	}
	for _, u := range s.Units {
		for i, sc := range u.Scalars {
			for _, span := range sc.Spans {
				rank, base := u.rank(), u.baseName()
				if span.Start > 0 || span.End < len(sc.Text) || i < len(u.Scalars)-1 {
					rank += 2
				}
				offer(s.Of(span), candidate{rank, u.Service, base})
			}
		}
	}
	for _, u := range s.References {
		if v, ok := expand(p, u.last().Written.File, u.last().Text); ok {
			offer(s.byValue[v], candidate{u.rank() + 1, u.Service, u.baseName()})
		}
	}
	taken := map[string]bool{}
	if p.Model != nil {
		for name := range p.Model.Secrets {
			taken[snake(name)] = true
		}
	}
	for _, secret := range s.Secrets {
		c := best[secret]
		name := c.name
		if c.service != "" && (slices.Contains(generic, name) || taken[name]) {
			name = snake(c.service + "_" + name)
		}
		secret.Name = unused(taken, name)
	}
}

func (u *Unit) rank() int {
	switch u.Place {
	case Environment:
		return 0
	case Other, BuildArg, Label:
		return 6
	}
	return 10
}

// baseName is the name that a unit's credential would have by itself.
func (u *Unit) baseName() string {
	key := u.Variable
	switch {
	case u.Place == Command || u.Place == Entrypoint || u.Place == HealthCheck:
		return "password" // with the service's name before it
	case key == "":
		key = u.Key
	}
	name := snake(key)
	if judge(key) == harmless {
		name = snake(key + "_password")
	}
	return name
}

// snake is a name of small letters, digits and single underscores, which begins
// with a letter.
func snake(s string) string {
	out := strings.ToLower(normalName(s))
	for strings.Contains(out, "__") {
		out = strings.ReplaceAll(out, "__", "_")
	}
	if len(out) > longestName {
		out = strings.Trim(out[len(out)-longestName:], "_")
	}
	if out == "" {
		return "secret"
	}
	if isDigit(out[0]) {
		return "s" + out
	}
	return out
}

func unused(taken map[string]bool, name string) string {
	out := name
	for n := 2; taken[out]; n++ {
		out = name + "_" + strconv.Itoa(n)
	}
	taken[out] = true
	return out
}
