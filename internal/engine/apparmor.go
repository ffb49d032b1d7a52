package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"batten/generators/apparmor"
	"batten/internal/fault"
	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// AppArmor says when services are confined by profiles of their own.
type AppArmor string

const (
	// AppArmorAuto makes profiles and names them where the engine confines with
	// AppArmor.
	AppArmorAuto AppArmor = "auto"
	AppArmorOn   AppArmor = "on"  // names them in any case
	AppArmorOff  AppArmor = "off" // makes none
	// AppArmorComplain is auto with profiles that log what they would refuse.
	AppArmorComplain AppArmor = "complain"
)

// ParseAppArmor reads the value of a flag; "" leaves it to batten.yaml.
func ParseAppArmor(s string) (AppArmor, error) {
	if s != "" && !slices.Contains(plan.AppArmorChoices, s) {
		return "", fault.New(fault.Usage, "choose "+strings.Join(plan.AppArmorChoices, ", "), "unknown value %q of --apparmor", s)
	}
	return AppArmor(s), nil
}

// Confinement is an AppArmor profile that a hardening made for a service.
type Confinement struct {
	Service  string `json:"service"`
	Name     string `json:"name"`  // of the profile
	Path     string `json:"path"`  // of the file, relative to the project's folder
	Named    bool   `json:"named"` // the hardened compose file names it
	Complain bool   `json:"complain,omitempty"`
	Rules    int    `json:"rules"`
	// Checked is true when apparmor_parser compiled it.
	Checked bool     `json:"checked"`
	Notes   []string `json:"notes,omitempty"`
	Refused []string `json:"refused,omitempty"` // recorded, and without a rule
}

func (s *survey) appArmorChoice() AppArmor {
	return cmp.Or(s.request.AppArmor, AppArmor(s.settings.AppArmor), AppArmorAuto)
}

func (e *Engine) appArmorPath(name string) string {
	return path.Join(e.options.Folder, "apparmor", name)
}

// kernelAppArmor tells whether this machine's kernel confines with AppArmor.
func kernelAppArmor(root string) bool {
	data, err := os.ReadFile(path.Join(root, "/sys/module/apparmor/parameters/enabled"))
	return err == nil && strings.TrimSpace(string(data)) == "Y"
}

// nameAppArmor finds the services for which a profile can be made. What a profile
// holds depends on the plan; that there is one does not.
func (s *survey) nameAppArmor() error {
	s.facts.AppArmor, s.facts.AppArmorLacks = map[string]string{}, map[string]string{}
	choice := s.appArmorChoice()
	if choice == AppArmorOff {
		return nil
	}
	// The engine knows best. Where none was asked, what is written here is for here.
	s.facts.AppArmorWanted = choice == AppArmorOn || !s.project.Host.Known && kernelAppArmor("/")
	for _, service := range s.project.Services {
		p := s.facts.Profiles[service.Name]
		if p == nil || !p.SeesFiles() || service.Provider != "" {
			continue
		}
		name, err := apparmor.Name(s.project.Name, service.Name)
		if err != nil {
			s.engine.warn(fmt.Sprintf("no AppArmor profile for %s: %v", service.Name, err), "")
			continue
		}
		_, err = apparmor.Generate(*p, apparmor.Options{Name: name})
		switch {
		case errors.Is(err, apparmor.ErrNoFiles):
			continue
		case err != nil:
			return fmt.Errorf("make AppArmor profile of %s: %w", service.Name, err)
		}
		s.facts.AppArmor[service.Name] = name
	}
	return nil
}

// shells and readers are programs that a wrapper of secrets is made of, by the name of
// their file.
var (
	shells  = []string{"sh", "dash", "bash", "ash", "busybox"}
	readers = []string{"cat", "busybox", "coreutils"}
)

// appArmorLacks says of services what the plan makes them do that was not recorded:
// programs whose files and libraries nobody saw.
func (s *survey) appArmorLacks(wrapped map[string]bool) map[string]string {
	out := map[string]string{}
	for name := range s.facts.AppArmor {
		p := s.facts.Profiles[name]
		if wrapped[name] && !(executes(p, shells) && executes(p, readers)) {
			out[name] = "a shell that reads secrets before the program starts, and was not recorded"
		}
	}
	for _, d := range s.plan.Applied() {
		name := d.Finding.Service
		p := s.facts.Profiles[name]
		if _, made := s.facts.AppArmor[name]; !made || out[name] != "" {
			continue
		}
		for _, c := range d.Finding.Fix.Changes {
			checks := len(c.Path) > 2 && c.Path[0] == "services" && c.Path[2] == "healthcheck" && (len(c.Path) == 3 || c.Path[3] == "test")
			if checks && c.Op == plan.Set && !slices.ContainsFunc(p.Entries, func(e profiles.Entry) bool { return e.Kind == profiles.EntryHealthCheck }) {
				out[name] = "a health check that was not recorded"
			}
		}
	}
	return out
}

func executes(p *profiles.Profile, names []string) bool {
	return slices.ContainsFunc(p.Programs, func(x profiles.Program) bool {
		return x.Part != profiles.PartRuntime && slices.Contains(names, path.Base(x.Path))
	})
}

// confine makes the profiles for what the plan decided, and the files to write.
func (s *survey) confine(ctx context.Context, model *project.Model) ([]plan.Artifact, []Confinement, error) {
	s.confined = map[string]*apparmor.Result{}
	if s.request.Target == plan.TargetSwarm {
		return nil, nil, nil
	}
	var files []plan.Artifact
	var made []Confinement
	unchecked := false
	all := model.AllServices()
	for _, service := range s.project.Services {
		name, ok := s.facts.AppArmor[service.Name]
		if !ok || s.facts.AppArmorLacks[service.Name] != "" || s.appArmorUnwanted(service.Name) {
			continue
		}
		config := all[service.Name]
		named := slices.Contains(appArmorOf(config.SecurityOpt), name)
		if own := appArmorOf(config.SecurityOpt); len(own) > 0 && !named {
			continue // the user's own
		}
		complain := s.appArmorChoice() == AppArmorComplain
		p := withMounted(*s.facts.Profiles[service.Name], config)
		result, checked, err := s.made.confinement(ctx, p, apparmor.Options{
			Name: name, Complain: complain, NoNewPrivileges: s.noNewPrivileges(service.Name), Capabilities: capabilitiesUnder(p, config),
		}, service.Name, len(s.facts.Profiles[service.Name].Files))
		if err != nil {
			return nil, nil, fmt.Errorf("make AppArmor profile of %s: %w", service.Name, err)
		}
		s.confined[service.Name] = result
		unchecked = unchecked || !checked
		one := Confinement{Service: service.Name, Name: name, Path: s.engine.appArmorPath(name), Named: named, Complain: complain,
			Rules: len(result.Rules), Checked: checked}
		for _, n := range result.Notes {
			one.Notes = append(one.Notes, n.Text)
		}
		for _, r := range result.Refused {
			one.Refused = append(one.Refused, strings.TrimPrefix(r.Path+": "+r.Why, ": "))
		}
		made = append(made, one)
		files = append(files, plan.Artifact{Path: one.Path, Mode: 0o644, Content: result.Text, What: whatAppArmor})
	}
	if unchecked {
		s.engine.info("AppArmor profiles are not checked: apparmor_parser is not installed here")
	}
	return files, made, nil
}

// appArmorUnwanted tells whether the user said no to the profile of a service.
func (s *survey) appArmorUnwanted(service string) bool {
	return slices.ContainsFunc(s.plan.Decisions, func(d plan.Decision) bool {
		return d.Finding.Rule == "B015" && d.Finding.Service == service && !d.Apply && d.By != plan.ByDefault && d.Reason != ""
	})
}

// parserLimit bounds how long the compilation of one profile may take.
const parserLimit = 2 * time.Minute

// checkAppArmor compiles a profile; false where there is nothing to do it with. A
// profile of batten's that does not compile is a mistake of batten's.
func checkAppArmor(ctx context.Context, text []byte) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, parserLimit)
	defer cancel()
	_, err := apparmor.Check(ctx, text)
	switch {
	case errors.Is(err, apparmor.ErrNoParser):
		return false, nil
	case err != nil:
		return false, err
	}
	return true, nil
}

// appArmorOf are the profiles that security options name.
func appArmorOf(options []string) []string {
	var out []string
	for _, text := range options {
		i := strings.IndexAny(text, "=:")
		if i > 0 && strings.TrimSpace(text[:i]) == "apparmor" && strings.TrimSpace(text[i+1:]) != "unconfined" {
			out = append(out, strings.TrimSpace(text[i+1:]))
		}
	}
	return out
}

// capabilitiesUnder are those that a service will have; nil leaves it to what was
// observed, where that could be, as long as the file does not say exactly.
func capabilitiesUnder(p profiles.Profile, config project.ServiceConfig) []string {
	exact := slices.ContainsFunc(config.CapDrop, func(c string) bool { return strings.EqualFold(c, "ALL") })
	if !exact && slices.ContainsFunc(p.Runs, profiles.Run.SeesCapabilities) {
		return nil
	}
	out := []string{}
	for _, c := range bounding(config.Privileged, config.CapAdd, config.CapDrop) {
		if _, ok := profiles.CapabilityNumber(c); ok {
			out = append(out, c)
		}
	}
	return out
}

// withMounted adds what the hardened file puts into a service and what nobody could
// record, since it was not there: the files of secrets and configurations.
func withMounted(p profiles.Profile, config project.ServiceConfig) profiles.Profile {
	var paths []string
	for _, one := range config.Secrets {
		target := cmp.Or(one.Target, one.Source)
		if !path.IsAbs(target) {
			target = secretsMount + target
		}
		paths = append(paths, path.Clean(target))
	}
	for _, one := range config.Configs {
		paths = append(paths, path.Clean("/"+cmp.Or(one.Target, one.Source)))
	}
	p.Files = slices.Clone(p.Files)
	for _, at := range paths {
		p.Files = append(p.Files, profiles.File{Path: at, Access: []profiles.Access{profiles.AccessRead}, Mount: profiles.MountBind,
			Part: profiles.PartApplication, Phases: []profiles.Phase{profiles.PhaseStartup}, Runs: len(p.Runs)})
	}
	return p
}

// appArmorMark begins the profiles that batten makes, and hardly any other.
const appArmorMark = "made by batten from recordings"
