package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"batten/internal/engine"
	"batten/internal/fault"
	"batten/plan"
)

// surveyFlags are those of every command that looks at a compose project.
type surveyFlags struct {
	target, mode     string
	appArmor         string
	offline          bool
	apply, skip, set []string
}

func (s *surveyFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&s.target, "target", string(plan.TargetCompose), "what the project is started with: compose or swarm")
	f.StringVar(&s.appArmor, "apparmor", "", "name AppArmor profiles: auto (where the engine confines with it), on, off, or complain for ones that only log (default auto, or what batten.yaml says)")
	f.BoolVar(&s.offline, "offline", false, "do not ask the engine for images and containers")
	_ = c.RegisterFlagCompletionFunc("apparmor", fixed(plan.AppArmorChoices...))
	_ = c.RegisterFlagCompletionFunc("target", fixed(string(plan.TargetCompose), string(plan.TargetSwarm)))
}

// addDecisions adds the flags that decide about findings.
func (s *surveyFlags) addDecisions(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&s.apply, "apply", nil, "apply RULE, RULE/SERVICE or RULE/SERVICE/KEY, also when it is off unless chosen; =REASON may follow")
	f.StringArrayVar(&s.skip, "skip", nil, "RULE[/SERVICE[/KEY]]=REASON: leave it as it is")
	f.StringArrayVar(&s.set, "set", nil, "RULE[/SERVICE[/KEY]]=VALUE instead of the value that was measured")
	f.StringVar(&s.mode, "mode", "portable", "of seccomp profiles: portable or tight")
	_ = c.RegisterFlagCompletionFunc("mode", fixed("portable", "tight"))
}

// request reads the flags.
func (s *surveyFlags) request(targets []string) (engine.SurveyRequest, error) {
	req := engine.SurveyRequest{Targets: targets, Offline: s.offline}
	switch t := plan.Target(s.target); t {
	case plan.TargetCompose, plan.TargetSwarm:
		req.Target = t
	default:
		return req, fault.New(fault.Usage, "choose compose or swarm", "unknown target %q", s.target)
	}
	var err error
	if req.AppArmor, err = engine.ParseAppArmor(s.appArmor); err != nil {
		return req, err
	}
	if s.mode != "" {
		if req.Mode, err = engine.ParseMode(s.mode); err != nil {
			return req, err
		}
	}
	req.Settings, err = s.decisions()
	return req, err
}

func (s *surveyFlags) decisions() ([]plan.Setting, error) {
	var out []plan.Setting
	yes, no := true, false
	for _, text := range s.apply {
		id, reason, _ := strings.Cut(text, "=")
		one, err := engine.ParseDecision(id)
		if err != nil {
			return nil, err
		}
		one.Apply, one.Reason = &yes, reason
		out = append(out, one)
	}
	for _, text := range s.skip {
		id, reason, ok := strings.Cut(text, "=")
		if !ok || strings.TrimSpace(reason) == "" {
			return nil, fault.New(fault.Usage, "such as --skip 'B020/web=it is meant for the LAN'", "--skip %s: the reason is missing", id)
		}
		one, err := engine.ParseDecision(id)
		if err != nil {
			return nil, err
		}
		one.Apply, one.Reason = &no, reason
		out = append(out, one)
	}
	for _, text := range s.set {
		id, value, ok := strings.Cut(text, "=")
		if !ok || value == "" {
			return nil, fault.New(fault.Usage, "such as --set B028/web=512m", "--set %s: the value is missing", id)
		}
		one, err := engine.ParseDecision(id)
		if err != nil {
			return nil, err
		}
		one.Value = value
		// One decision with what --apply or --skip says of the same thing: batten.yaml
		// keeps one on each.
		if i := slices.IndexFunc(out, func(s plan.Setting) bool {
			return s.Value == "" && s.Rule == one.Rule && s.Service == one.Service && s.Key == one.Key
		}); i >= 0 {
			out[i].Value = value
			continue
		}
		out = append(out, one)
	}
	return out, nil
}
