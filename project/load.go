package project

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
	"go.yaml.in/yaml/v4"
)

// maxComposeFile bounds one compose file.
const maxComposeFile = 8 << 20

// quiet keeps compose-go from writing its warnings, which quote the file, past
// batten's escaping to the terminal.
var quiet = sync.OnceFunc(func() { logrus.SetOutput(io.Discard) })

// Load reads the project in a folder. Without files, the ones that compose would
// take are taken: COMPOSE_FILE, or compose.yaml and its kin with an override.
func Load(ctx context.Context, dir string, files []string) (*Project, error) {
	quiet()
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("load project: %w", err)
	}
	files = slices.Clone(files)
	for i, f := range files {
		if !filepath.IsAbs(f) {
			files[i] = filepath.Join(abs, f)
		}
		if info, err := os.Stat(files[i]); err != nil {
			return nil, fmt.Errorf("load project: %w: %s: %w", ErrNoCompose, f, cause(err))
		} else if info.Size() > maxComposeFile {
			return nil, fmt.Errorf("load project: %w: %s has %d bytes", ErrBadCompose, f, info.Size())
		}
	}
	workdir := abs
	if len(files) > 0 {
		workdir = filepath.Dir(files[0])
	}
	options, err := cli.NewProjectOptions(files,
		cli.WithWorkingDirectory(workdir), cli.WithOsEnv, cli.WithEnvFiles(), cli.WithDotEnv,
		cli.WithConfigFileEnv, cli.WithDefaultConfigPath,
		cli.WithoutEnvironmentResolution, cli.WithoutLabelsResolution, cli.WithResolvedPaths(true),
		cli.WithProfiles(profilesFromEnv()))
	if err == nil && len(options.ConfigPaths) == 0 {
		err = errors.New("none found")
	}
	if err != nil {
		return nil, fmt.Errorf("load project in %s: %w: %w", abs, ErrNoCompose, err)
	}
	hideSecrets(options.Environment)
	loaded, err := options.LoadProject(ctx)
	if err != nil {
		if strings.Contains(err.Error(), "no configuration file provided") {
			return nil, fmt.Errorf("load project in %s: %w", abs, ErrNoCompose)
		}
		if remote := remoteInclude(err); remote != "" {
			return nil, fmt.Errorf("load project in %s: %w: %w: %s", abs, ErrBadCompose, ErrRemote, remote)
		}
		return nil, fmt.Errorf("load project in %s: %w: %w", abs, ErrBadCompose, err)
	}
	return fromCompose(loaded)
}

// cause is an error without the system call and the path around it.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// remote finds what looks like an address in a message: without a loader for it,
// compose-go takes an include from elsewhere for a local path that is missing.
var remote = regexp.MustCompile(`(?:https?|git|oci|ssh):/+[^\s"':,]+`)

// remoteInclude is the address of an include from elsewhere that made loading fail.
func remoteInclude(err error) string {
	found := remote.FindString(err.Error())
	scheme, rest, ok := strings.Cut(found, ":")
	if !ok {
		return ""
	}
	// Joining paths has made one slash of two.
	return scheme + "://" + strings.TrimLeft(rest, "/")
}

// profilesFromEnv is what COMPOSE_PROFILES enables, as compose itself does it.
func profilesFromEnv() []string {
	return strings.FieldsFunc(os.Getenv("COMPOSE_PROFILES"), func(r rune) bool { return r == ',' })
}

// hideSecrets keeps values whose names look like secrets out of the model, so
// that a file cannot move them into an image name, and from there to a report.
func hideSecrets(environment types.Mapping) {
	for name := range environment {
		if looksSecret(name) {
			environment[name] = "redacted"
		}
	}
}

func looksSecret(name string) bool {
	upper := strings.ToUpper(name)
	return slices.ContainsFunc([]string{"SECRET", "TOKEN", "PASS", "PWD", "KEY", "CREDENTIAL", "AUTH", "PRIVATE", "COOKIE", "SESSION"},
		func(part string) bool { return strings.Contains(upper, part) })
}

func fromCompose(in *types.Project) (*Project, error) {
	out := &Project{Name: in.Name, Dir: in.WorkingDir, Files: in.ComposeFiles, Model: in}
	for _, file := range out.Files {
		s, err := readSource(file, out.Display(file), RoleMain)
		if err != nil {
			return nil, fmt.Errorf("load project: %w", err)
		}
		out.Sources = append(out.Sources, s)
	}
	if len(out.Files) > 0 {
		version, err := versionOf(out.Files[0])
		if err != nil {
			return nil, err
		}
		out.Version = version
	}
	for _, name := range in.ServiceNames() {
		// Allowed by the format, and a flag to every program that it is given to.
		if strings.HasPrefix(name, "-") {
			return nil, fmt.Errorf("load project: %w: service name %q begins with a dash", ErrBadCompose, name)
		}
		out.Services = append(out.Services, fromService(in.Services[name], in.WorkingDir))
	}
	return out, nil
}

func fromService(in types.ServiceConfig, dir string) Service {
	out := Service{
		Name: in.Name, Image: in.Image, Build: in.Build != nil, User: in.User,
		Privileged: in.Privileged, CapAdd: in.CapAdd, CapDrop: in.CapDrop, SecurityOpt: in.SecurityOpt,
		DependsOn: in.GetDependencies(), Config: &in,
	}
	slices.Sort(out.DependsOn)
	for _, option := range in.SecurityOpt {
		name, value, _ := strings.Cut(option, separator(option))
		switch name {
		case "no-new-privileges":
			out.NoNewPrivileges = value == "" || value == "true"
		case "seccomp":
			if value != "unconfined" && !filepath.IsAbs(value) {
				value = filepath.Join(dir, value)
			}
			out.Seccomp = value
		}
	}
	if h := in.HealthCheck; h != nil && !h.Disable && len(h.Test) > 1 {
		switch h.Test[0] {
		case "CMD":
			out.HealthCheck = h.Test[1:]
		case "CMD-SHELL":
			out.HealthCheck = []string{"/bin/sh", "-c", h.Test[1]}
		}
	}
	if in.Provider != nil {
		out.Provider = in.Provider.Type
	}
	return out
}

// separator is "=" or, as old files have it, ":"; whichever comes first.
func separator(option string) string {
	if i := strings.IndexAny(option, "=:"); i >= 0 {
		return option[i : i+1]
	}
	return "="
}

// versionOf reads the version key as it is written: docker-compose 1.29 refuses
// to merge files of different versions.
func versionOf(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("load project: %w", err)
	}
	var top struct {
		Version string `yaml:"version"`
	}
	if err := yaml.Unmarshal(data, &top); err != nil {
		return "", nil // not a mapping in this form; compose-go has accepted it, so there is no version
	}
	return top.Version, nil
}
