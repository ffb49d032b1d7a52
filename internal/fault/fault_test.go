package fault

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestKindAndHintSurviveWrapping(t *testing.T) {
	base := errors.New("no such thing")
	err := fmt.Errorf("open it: %w", New(Environment, "install it", "find it: %w", base))
	if KindOf(err) != Environment || Hint(err) != "install it" || !errors.Is(err, base) {
		t.Fatalf("kind %v, hint %q", KindOf(err), Hint(err))
	}
	if err.Error() != "open it: find it: no such thing" {
		t.Fatalf("text %q holds more or less than the error", err)
	}
}

func TestInnerHintShowsThroughAnOuterFaultWithoutOne(t *testing.T) {
	err := Wrap(Usage, Wrap(Environment, errors.New("x"), "do y"), "")
	if KindOf(err) != Usage || Hint(err) != "do y" {
		t.Fatalf("kind %v, hint %q", KindOf(err), Hint(err))
	}
}

func TestDefaultKeepsWhatIsThere(t *testing.T) {
	err := New(Usage, "a", "b")
	if Default(Environment, err, "c") != err || Default(Usage, nil, "") != nil {
		t.Fatal("changed")
	}
}

func TestExitCodes(t *testing.T) {
	for err, want := range map[error]int{
		errors.New("x"):                               4,
		New(Findings, "", "x"):                        1,
		New(Usage, "", "x"):                           2,
		New(Environment, "", "x"):                     3,
		fmt.Errorf("x: %w", context.DeadlineExceeded): 124,
		fmt.Errorf("x: %w", context.Canceled):         130,
	} {
		if got := KindOf(err).ExitCode(); got != want {
			t.Errorf("%v: exit code %d, want %d", err, got, want)
		}
	}
}
