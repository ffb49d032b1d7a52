package docker

import (
	"maps"
	"slices"
	"strings"
)

// security reads a container's security options: whether no-new-privileges is
// on, and the literal seccomp setting. Docker separates with "=" and, for old
// clients, with ":"; the last setting wins.
func security(options []string) (noNewPrivileges bool, seccomp string) {
	for _, option := range options {
		if option == "no-new-privileges" {
			noNewPrivileges = true
			continue
		}
		end := strings.IndexAny(option, "=:")
		if end < 0 {
			continue
		}
		switch name, value := option[:end], option[end+1:]; name {
		case "no-new-privileges":
			noNewPrivileges = value == "true"
		case "seccomp":
			seccomp = value
		}
	}
	return noNewPrivileges, seccomp
}

// probe is the argument vector that a health check's test runs, or nil.
func probe(test, shell []string) []string {
	if len(test) < 2 {
		return nil
	}
	switch test[0] {
	case "CMD":
		return test[1:]
	case "CMD-SHELL":
		if len(shell) == 0 {
			shell = []string{"/bin/sh", "-c"}
		}
		return append(slices.Clone(shell), test[1])
	}
	return nil
}

func envNames(env []string) []string {
	names := make([]string, 0, len(env))
	for _, entry := range env {
		name, _, _ := strings.Cut(entry, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func sortedKeys[V any](set map[string]V) []string {
	return slices.Sorted(maps.Keys(set))
}
