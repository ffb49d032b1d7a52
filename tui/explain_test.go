package tui

import (
	"testing"
)

func TestARuleIsExplainedWithItsFindingsAsTheyAreNow(t *testing.T) {
	s := onPlan(t, 120, 60, "B048/web")
	s.keys("space", "e")
	s.shows("rule B048", "Logs are kept and bounded", "why it matters", "what batten changes", "what that can break",
		"CIS Docker Benchmark", "[ ] B048/web", "[x] B048/app")
	s.keys("esc")
	s.to("group web")
	s.keys("e")
	s.shows("nothing to explain here")
}

func TestCallsAndCapabilitiesAreExplainedWithWhoNeededThem(t *testing.T) {
	s := begin(t, 120, 60, nil)
	s.do(s.m.explain("CAP_SETUID"))
	s.shows("capability CAP_SETUID", "what", "given by default", "who needed it", "needed by", "web", "runs", "first")
	s.keys("esc")
	s.do(s.m.explain("unshare,accept4"))
	s.shows("unshare", "refused", "not seen in the recordings", "accept4", "made by", "after the start")
}

func TestFilesAndPortsAreExplainedWithWhoUsedThem(t *testing.T) {
	s := begin(t, 120, 60, nil)
	s.do(s.m.explain("tcp:5432"))
	s.shows("port tcp:5432", "who used it", "db")
}

func TestWhatCannotBeExplainedSaysWhatCan(t *testing.T) {
	s := begin(t, 120, 40, nil)
	s.do(s.m.explain("opneat"))
	s.shows("this did not work", "did you mean openat?")
	s.keys("esc")
	s.do(s.m.explain("", " "))
	s.shows("nothing to explain here")
}
