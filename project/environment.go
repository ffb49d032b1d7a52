package project

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/types"
)

// maxEnvFile bounds a file of variables, and what its variables come to when they
// name each other.
const maxEnvFile = 1 << 20

// environment is what variables in a file are filled in from.
type environment struct {
	real  types.Mapping // never leaves this package but through [Project.Expand]
	shown types.Mapping // the same without the values of what looks secret
}

// processEnvironment is the environment of this process.
func processEnvironment() environment {
	real := types.Mapping{}
	for _, entry := range os.Environ() {
		if name, value, ok := strings.Cut(entry, "="); ok {
			real[name] = value
		}
	}
	return environment{real: real, shown: hideSecrets(real)}
}

// with adds what files of variables say; what is set already stays.
func (e environment) with(r *reader, files ...string) (environment, error) {
	if len(files) == 0 {
		return e, nil
	}
	fromReal, err := r.variables(e.real, files)
	if err != nil {
		return environment{}, err
	}
	// A variable that is put together from a hidden one gets what is shown of it.
	fromShown, err := r.variables(e.shown, files)
	if err != nil {
		return environment{}, err
	}
	return environment{
		real:  maps.Clone(e.real).Merge(fromReal),
		shown: hideSecrets(maps.Clone(e.shown).Merge(fromShown)),
	}, nil
}

// withDefaultFile adds the .env of a folder, where there is one and it is wanted.
func (e environment) withDefaultFile(r *reader, folder string) (environment, error) {
	if off, err := strconv.ParseBool(e.real["COMPOSE_DISABLE_ENV_FILE"]); err == nil && off {
		return e, nil
	}
	path := filepath.Join(folder, ".env")
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return e, nil
	}
	return e.with(r, path)
}

// variables reads files of variables as compose does, each naming variables of
// those before it.
func (r *reader) variables(outer types.Mapping, files []string) (types.Mapping, error) {
	out := map[string]string{}
	grown := 0
	for _, path := range files {
		data, err := r.read(path, maxEnvFile)
		if err != nil {
			return nil, err
		}
		lookup := func(name string) (string, bool) {
			value, ok := outer[name]
			if !ok {
				value, ok = out[name]
			}
			// Variables that double each other would fill the memory.
			if grown += len(value); grown > maxEnvFile {
				return "", true
			}
			return value, ok
		}
		if work := templateWork(data); work > maxTemplateWork {
			return nil, r.problem(path, 0, 0, ErrBadCompose, "variables name each other too often")
		}
		if err := dotenv.ParseWithFormat(bytes.NewReader(data), path, out, lookup, ""); err != nil {
			return nil, r.problem(path, envErrorLine(err), 0, ErrBadCompose, "not a file of variables")
		}
		if grown > maxEnvFile {
			return nil, r.problem(path, 0, 0, ErrBadCompose, "variables that name each other come to more than %d bytes", maxEnvFile)
		}
	}
	return out, nil
}

// maxTemplateWork bounds what filling in variables reads: for each line, its
// length times the variables in it, because the rest of a line is read again
// after each.
const maxTemplateWork = 64 << 20

func templateWork(data []byte) int {
	work := 0
	for line := range bytes.Lines(data) {
		work += len(line) * bytes.Count(line, []byte("${"))
	}
	return work
}

// envErrorLine is the line that the reader of variables complains about, 0 when it
// does not say. Its text quotes the file and is not passed on.
func envErrorLine(err error) int {
	_, rest, ok := strings.Cut(err.Error(), "line ")
	if !ok {
		return 0
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(rest)
	}
	line := 0
	_, _ = fmt.Sscanf(rest[:end], "%d", &line)
	return line
}
