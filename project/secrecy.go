package project

import (
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
)

// hidden stands in the model for a value that looks secret.
const hidden = "redacted"

// hideSecrets keeps values whose names look like secrets out of the model, so
// that a file cannot move them into an image name, and from there to a report.
func hideSecrets(in types.Mapping) types.Mapping {
	out := make(types.Mapping, len(in))
	for name, value := range in {
		if looksSecret(name) {
			value = hidden
		}
		out[name] = value
	}
	return out
}

// secretParts are parts of names that stand for secrets.
var secretParts = []string{"SECRET", "TOKEN", "PASS", "PWD", "KEY", "CREDENTIAL", "AUTH", "PRIVATE", "COOKIE", "SESSION"}

// plainEndings are ends of names that stand for no secret, whatever comes before:
// KEYCLOAK_VERSION is needed to know the image.
var plainEndings = []string{"_VERSION", "_TAG", "_IMAGE", "_PORT"}

func looksSecret(name string) bool {
	upper := strings.ToUpper(name)
	if upper == "PWD" || upper == "OLDPWD" { // the working folder
		return false
	}
	if slices.ContainsFunc(plainEndings, func(end string) bool { return strings.HasSuffix(upper, end) }) {
		return false
	}
	return slices.ContainsFunc(secretParts, func(part string) bool { return strings.Contains(upper, part) })
}

// substitute fills in variables as compose does, but for those of included files
// that look secret.
func substitute(text string, lookup template.Mapping) (string, error) {
	if !strings.Contains(text, "$") {
		return text, nil
	}
	return template.SubstituteWithOptions(text, func(name string) (string, bool) {
		value, ok := lookup(name)
		if ok && looksSecret(name) {
			value = hidden
		}
		return value, ok
	}, template.WithoutLogging)
}

// hideInherited hides the values of secret-looking variables that services and
// secrets of included files take over by name: compose-go reads those files'
// variables itself.
func hideInherited(model *Model, sources []*Source) {
	for _, s := range sources {
		if s.Role != RoleIncluded {
			continue
		}
		for _, service := range s.entries("services") {
			for _, variable := range texts(s.value(deref(service.Node), "environment")) {
				name := s.fill(variable.Value)
				for _, services := range []types.Services{model.Services, model.DisabledServices} {
					if environment := services[service.Key].Environment; looksSecret(name) && environment[name] != nil {
						value := hidden
						environment[name] = &value
					}
				}
			}
		}
	}
	for name, secret := range model.Secrets {
		if secret.Content != "" && secret.Environment != "" && looksSecret(secret.Environment) {
			secret.Content = hidden
			model.Secrets[name] = secret
		}
	}
}
