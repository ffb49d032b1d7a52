package plan

import "strings"

// Settings are the user's decisions: batten.yaml, with what the command line adds.
type Settings struct {
	Choices []Setting
	// Workload is the command that drives the services, for trace and verify.
	Workload string
	// AppArmor says when services are confined by profiles of their own: "" leaves it to
	// batten, else one of [AppArmorChoices].
	AppArmor string
	// Only are the services whose findings are fixed; none means all, and the
	// project's own findings.
	Only []string
	// Kept are findings of other services than Only, by ID, that stay fixed because they
	// were before.
	Kept map[string]bool
	// Refused are findings, by ID, that the files cannot be edited for, and why: what
	// rests on their decision is then decided without it.
	Refused map[string]string
}

// AppArmorChoices are what batten.yaml may say of AppArmor: profiles are named where
// the engine confines with it; always; never; or ones that only log are.
var AppArmorChoices = []string{"auto", "on", "off", "complain"}

// Setting is the user's word on a rule, on a rule in one service, or on one
// finding.
type Setting struct {
	Rule, Service, Key string // Service and Key may be "": all
	Apply              *bool  // nil leaves the default
	Value              string // "" leaves the default
	Reason             string
	By                 By
	Line               int // in batten.yaml, 0 for the command line
}

// ParseID splits RULE, RULE/SERVICE or RULE/SERVICE/KEY.
func ParseID(id string) (rule, service, key string) {
	parts := strings.SplitN(id, "/", 3)
	rule = parts[0]
	if len(parts) > 1 {
		service = parts[1]
	}
	if len(parts) > 2 {
		key = parts[2]
	}
	return rule, service, key
}

func (s Setting) matches(rule, service, key string) bool {
	return s.Rule == rule && (s.Service == "" || s.Service == service) && (s.Key == "" || s.Key == key)
}

// weight orders settings: the more exactly one names a finding, the more it
// counts; of equals the last.
func (s Setting) weight() int {
	w := 0
	if s.Service != "" {
		w++
	}
	if s.Key != "" {
		w += 2
	}
	return w
}

func (s Settings) value(rule, service, key string) (string, bool) {
	best, found := Setting{}, false
	for _, one := range s.Choices {
		if one.Value != "" && one.matches(rule, service, key) && (!found || one.weight() >= best.weight()) {
			best, found = one, true
		}
	}
	return best.Value, found
}

func (s Settings) apply(rule, service, key string) (Setting, bool) {
	best, found := Setting{}, false
	for _, one := range s.Choices {
		if one.Apply != nil && one.matches(rule, service, key) && (!found || one.weight() >= best.weight()) {
			best, found = one, true
		}
	}
	return best, found
}
