package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"batten/generators/apparmor"
	"batten/generators/seccomp"
	"batten/internal/atomicfile"
	"batten/internal/fault"
	"batten/plan"
	"batten/plan/network"
	"batten/plan/rules"
	"batten/plan/secrets"
	"batten/profiles"
	"batten/project"
)

// settingsFile keeps the user's decisions, in the project's folder.
const settingsFile = "batten.yaml"

// SurveyRequest says what to look at.
type SurveyRequest struct {
	Targets []string    // compose file, folder, services; none is the project in the folder
	Target  plan.Target // what it is to be started with; "" is compose
	// Offline leaves the engine, its images and its containers out.
	Offline bool
	Mode    seccomp.Mode // of seccomp profiles; "" is portable
	// AppArmor says which AppArmor profiles are made and named; "" is what batten.yaml
	// says, else auto.
	AppArmor AppArmor
	// Settings come after those of batten.yaml and so count for more.
	Settings []plan.Setting
}

// survey is what is known of a project, and what is to be done about it.
type survey struct {
	engine   *Engine // of the project's folder
	request  SurveyRequest
	project  *project.Project
	services []string // the ones meant
	asked    bool     // an engine answered
	settings plan.Settings
	written  []byte // batten.yaml, nil without one
	facts    plan.Facts
	policies map[string]*seccomp.Result
	plan     *plan.Plan
	main     []string // files to start the hardened project with
	masker   *secrets.Masker
	last     *Lock // of the last hardening that was written, nil without one
	rules    []plan.Rule
	sums     map[string]string // of batten.yaml and the recordings, once they were asked for
	made     *made             // shared with the surveys that are made of this one

	confinements []Confinement // of the hardening
	confined     map[string]*apparmor.Result
}

// survey loads a project, joins what the engine and the recordings know of it,
// and makes the plan.
func (e *Engine) survey(ctx context.Context, req SurveyRequest) (*survey, error) {
	if req.Target == "" {
		req.Target = plan.TargetCompose
	}
	if req.Mode == "" {
		req.Mode = seccomp.Portable
	}
	targets, err := parseTargets(req.Targets)
	if err != nil {
		return nil, err
	}
	if kind := targets[0].Kind; kind == project.TargetPID || kind == project.TargetContainer {
		return nil, fault.New(fault.Usage, "name a compose file, a folder or services of the project",
			"look at %s: only compose projects can be hardened", req.Targets[0])
	}
	p, services, err := e.projectOf(ctx, targets)
	if errors.Is(err, project.ErrNoCompose) {
		return nil, fault.Wrap(fault.Usage, err, "go to the project's folder, or name it with -C, or a compose file with -f")
	}
	if err != nil {
		return nil, err
	}
	s := &survey{engine: e.rooted(p.Dir), request: req, project: p, services: services, rules: rules.All(), made: newMade()}
	if !req.Offline {
		if s.asked, err = s.engine.joinEngine(ctx, p); err != nil {
			return nil, err
		}
	}
	folder, err := s.engine.open()
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	if s.settings, s.written, err = readSettings(folder); err != nil {
		return nil, err
	}
	s.settings.Choices = slices.Concat(s.settings.Choices, req.Settings)
	if s.last, err = s.engine.readLock(folder); err != nil && !errors.Is(err, errNoLock) {
		return nil, err
	}
	if slices.ContainsFunc(targets, func(t project.Target) bool { return t.Kind == project.TargetService }) {
		s.settings.Only, s.settings.Kept = services, s.last.applied()
	} else {
		// Services that a profile switches off belong to the file, too.
		s.services = allNames(p)
	}
	if err := s.gather(ctx, folder); err != nil {
		return nil, err
	}
	return s, s.decide()
}

// rooted is the engine for a project's own folder: batten's files lie there, since
// the paths in its compose file start there.
func (e *Engine) rooted(dir string) *Engine {
	if dir == e.dir {
		return e
	}
	return &Engine{options: e.options, dir: dir, called: e.called}
}

// readSettings reads batten.yaml; the text is nil when there is none.
func readSettings(f *atomicfile.Folder) (plan.Settings, []byte, error) {
	data, err := f.Read(settingsFile, plan.MaxSettingsBytes)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return plan.Settings{}, nil, nil
	case err != nil:
		return plan.Settings{}, nil, fault.Default(fault.Usage, err, "")
	}
	s, err := plan.ParseSettings(data)
	if err != nil {
		return s, nil, fault.Wrap(fault.Usage, fmt.Errorf("read %s: %w", f.Path(settingsFile), err),
			"a decision is: rule: B020/SERVICE, and one of apply, skip, value")
	}
	return s, data, nil
}

// gather collects the facts for the rules.
func (s *survey) gather(ctx context.Context, folder *atomicfile.Folder) error {
	s.facts = plan.Facts{
		Project: s.project, Profiles: map[string]*profiles.Profile{}, Target: s.request.Target,
		Folder: s.engine.options.Folder,
	}
	for _, service := range s.project.Services {
		stored, err := s.engine.load(folder, fileName(service.Name))
		if err != nil {
			return fmt.Errorf("read recording of %s: %w", service.Name, err)
		}
		if stored.found {
			s.facts.Profiles[service.Name] = &stored.profile
		}
	}
	var err error
	if s.facts.EnvFiles, err = s.engine.envFiles(ctx, s.project); err != nil {
		return err
	}
	if err := s.nameAppArmor(); err != nil {
		return err
	}
	s.facts.Edges = network.Infer(s.facts, s.engine.configTexts(s.project))
	return nil
}

// decide makes the plan. Which calls a seccomp profile allows depends on whether
// no-new-privileges is set, which the plan decides, so the profiles are made for
// the setting that is expected, and anew where it turned out otherwise.
func (s *survey) decide() error {
	s.policies = map[string]*seccomp.Result{}
	nnp, wrapped, rounds := map[string]bool{}, s.wrappers(), 0
	s.facts.AppArmorLacks = map[string]string{}
	for name := range s.facts.Profiles {
		nnp[name] = s.request.Target != plan.TargetSwarm
	}
	for {
		if err := s.makePolicies(nnp, wrapped); err != nil {
			return err
		}
		s.plan = plan.Make(s.facts, s.settings, s.rules)
		needed := s.wrappers()
		settled := true
		for name := range s.facts.Profiles {
			if needed[name] != wrapped[name] {
				wrapped[name], settled = needed[name], false
			}
			if is := s.noNewPrivileges(name); is != nnp[name] {
				nnp[name], settled = is, false
			}
		}
		if lacks := s.appArmorLacks(needed); !maps.Equal(lacks, s.facts.AppArmorLacks) {
			s.facts.AppArmorLacks, settled = lacks, false
		}
		// What the plan decides of these does not depend on the profiles, so that the
		// second time settles it.
		if rounds++; settled || rounds == maxRounds {
			return nil
		}
	}
}

// maxRounds bounds how often profiles and plan are made for each other.
const maxRounds = 3

// noNewPrivileges is the setting that a service will have under the plan.
func (s *survey) noNewPrivileges(name string) bool {
	service, _ := s.project.Service(name)
	return service.NoNewPrivileges || s.facts.Project.Host.NoNewPrivs || s.plan.Applies("B003", name)
}

func (s *survey) makePolicies(nnp, wrapped map[string]bool) error {
	s.facts.Policies = map[string]plan.Policy{}
	for name, p := range s.facts.Profiles {
		service, _ := s.project.Service(name)
		setting := SettingOff
		if nnp[name] {
			setting = SettingOn
		}
		result, err := s.made.policy(policyKey{name, setting, wrapped[name]}, func() (*seccomp.Result, error) {
			return s.engine.generate(*p, generation{
				mode: s.request.Mode, former: s.engine.formerOfService(service), nnp: setting, wrapper: wrapped[name],
			})
		})
		if err != nil {
			if fault.KindOf(err) == fault.Usage { // no evidence: the rule says so
				continue
			}
			return fmt.Errorf("make seccomp profile of %s: %w", name, err)
		}
		s.policies[name] = result
		s.facts.Policies[name] = plan.Policy{
			Path: path.Join(s.engine.options.Folder, "seccomp", fileName(name)+".json"), Allowed: result.Stats.Allowed,
			Docker: result.Stats.DockerDefaultAllowed,
		}
	}
	return nil
}

// secretsMount is where compose and swarm put the files of secrets.
const secretsMount = "/run/secrets/"

// wrappers are the services before whose program the plan puts a shell, which reads
// secrets into its environment.
func (s *survey) wrappers() map[string]bool {
	out := map[string]bool{}
	for _, one := range s.project.Services {
		// One that an earlier hardening in place has put there.
		e := one.Config.Entrypoint
		if len(e) > 2 && e[0] == "/bin/sh" && e[1] == "-ec" && strings.Contains(e[2], secretsMount) {
			out[one.Name] = true
		}
	}
	if s.plan == nil {
		return out
	}
	for _, d := range s.plan.Applied() {
		for _, c := range d.Finding.Fix.Changes {
			if c.Op == plan.Set && len(c.Path) == 3 && c.Path[0] == "services" && c.Path[2] == "entrypoint" {
				out[c.Path[1]] = true
			}
		}
	}
	return out
}

func allNames(p *project.Project) []string {
	out := make([]string, len(p.Services))
	for i, one := range p.Services {
		out[i] = one.Name
	}
	return out
}
