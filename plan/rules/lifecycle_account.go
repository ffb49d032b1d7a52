package rules

import (
	"regexp"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// accountName is a name that needs no quotes, and that no secret looks like more than
// a name does.
var accountName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,62}$`)

// asUser is a probe's test with the account that the service is set up for: as it is
// written, or, where it comes from elsewhere, as the container has it.
func asUser(d *plan.Draft, s project.Service, h profiles.HealthProbe, command []string, files *project.ImageFiles) []string {
	plainTest := append([]string{"CMD"}, command...)
	if h.Variable == "" {
		return plainTest
	}
	value, set := s.Config.Environment[h.Variable]
	_, byFile := s.Config.Environment[h.Variable+"_FILE"]
	if !set && !byFile {
		return plainTest
	}
	last := len(plainTest) - 1
	if set && value != nil && accountName.MatchString(*value) && writtenOut(d, s, h.Variable) {
		plainTest[last] = *value
		return plainTest
	}
	// The shell is given the words as they are: none but the program's path is not the
	// table's own.
	if _, shell := files.Program("/bin/sh"); files != nil && !shell || !plainWord.MatchString(command[0]) {
		return plainTest
	}
	// Compose would fill in variables: a dollar is doubled.
	from := `"$$` + h.Variable + `"`
	if !set {
		from = `"$$(cat "$$` + h.Variable + `_FILE")"`
	}
	return []string{"CMD-SHELL", strings.Join(command[:len(command)-1], " ") + " " + from}
}

// writtenOut tells whether the compose files hold the value of a variable, and not
// another variable in its place. One that a fix takes away from there is not.
func writtenOut(d *plan.Draft, s project.Service, variable string) bool {
	for _, rule := range []string{"B040", "B041"} {
		if d.Applied(rule, s.Name, variable) {
			return false
		}
	}
	found := false
	for _, e := range d.Project.Entries("services", s.Name, "environment") {
		if e.Key != variable {
			continue
		}
		if strings.Contains(e.Text, "$") {
			return false
		}
		found = true
	}
	return found
}
