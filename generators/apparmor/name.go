package apparmor

import (
	"fmt"
	"regexp"
)

// prefix begins the names of all profiles that batten writes.
const prefix = "batten."

// noProject stands for the project of a service that has none. No compose project
// can be called so: their names begin with a letter or digit.
const noProject = "-"

var (
	namePattern    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$`)
	projectPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	servicePattern = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
)

func validName(name string) error {
	if !namePattern.MatchString(name) {
		return fmt.Errorf("%w: %s", ErrName, printable(name))
	}
	return nil
}

// Name returns the name of the profile of one service: "batten.<project>.<service>",
// with "-" for no project. Two services never get the same name: a project whose
// name holds a dot, and anything that would have to be changed, is an error that
// wraps [ErrName].
func Name(project, service string) (string, error) {
	switch {
	case project == "":
		project = noProject
	case !projectPattern.MatchString(project):
		return "", fmt.Errorf("%w: project %s", ErrName, printable(project))
	}
	if !servicePattern.MatchString(service) {
		return "", fmt.Errorf("%w: service %s", ErrName, printable(service))
	}
	name := prefix + project + "." + service
	return name, validName(name)
}
