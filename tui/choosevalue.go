package tui

import (
	"batten/plan"
)

// valueForms are the rules whose fix takes a value, with what it looks like.
var valueForms = map[string]string{
	"B004": "capabilities with commas between, such as CHOWN,SETUID; none for none",
	"B008": "folders that stay writable, such as /run,/tmp:exec",
	"B011": "the name of a volume: letters, digits, dots, dashes and underscores",
	"B012": "a user other than root in numbers: 1000 or 1000:1000",
	"B020": "the address to listen on, such as 127.0.0.1; 0.0.0.0 leaves it on all",
	"B028": "a size such as 512m or 2g, at least 6m",
	"B029": "a share of processors such as 0.5 or 2, at least 0.01",
	"B030": "a number of processes and threads",
	"B031": "a number of open files such as 4096, or 1024:4096 for soft and hard",
	"B032": "no, or on-failure:5",
	"B033": "a command that tells whether it works, run by /bin/sh in the container",
	"B048": "a size of one log file such as 10m, at least 6m",
}

// takesValue tells whether a value can be chosen for a finding: also one that nobody
// measured, where the rule takes the user's.
func takesValue(f *plan.Finding) bool {
	if f.Fix == nil {
		return false
	}
	_, known := valueForms[f.Rule]
	return f.Fix.Value != "" || len(f.Fix.Options) > 0 || known && f.Fix.Blocked != ""
}

// choose asks for the value of the current finding.
func (s *planScreen) choose(m *model) work {
	d := s.current()
	if d == nil {
		return nil
	}
	m.chooseValue(d.Finding, func(m *model, value string) work {
		m.tell(normal, d.Finding.ID()+" takes "+value)
		return m.decide(s.valued(d, value))
	})
	return nil
}

// valued is the decision for a value. Whether it is applied is left to the rule, unless
// batten.yaml leaves it out.
func (s *planScreen) valued(d *plan.Decision, value string) plan.Setting {
	f := d.Finding
	if d.By == plan.BySettings && !d.Apply {
		return settingOf(f, true, value, "")
	}
	return plan.Setting{Rule: f.Rule, Service: f.Service, Key: f.Key, Value: value, By: plan.ByUser}
}

func (s *planScreen) cannotChoose() string {
	d := s.current()
	switch {
	case d == nil:
		return "put the cursor on a finding"
	case !takesValue(&d.Finding):
		return "it has no value to choose"
	}
	return ""
}
