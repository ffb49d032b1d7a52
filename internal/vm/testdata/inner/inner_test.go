// Package inner has tests that end in every way, to see how each is repeated.
package inner

import (
	"os"
	"testing"
)

func TestPasses(t *testing.T) {
	t.Run("a/b", func(t *testing.T) { t.Log("deep words") })
	if _, err := os.Stat("inner_test.go"); err == nil {
		t.Error("the source is here: this is no other machine")
	}
	if _, err := os.Stat("../../../../go.mod"); err != nil {
		t.Error(err)
	}
}

func TestFails(t *testing.T) {
	t.Run("one", func(t *testing.T) { t.Error("broken inside") })
	t.Run("two", func(*testing.T) {})
}

func TestSkips(t *testing.T) { t.Skip("lacks a thing") }

func TestSkipsToo(t *testing.T) { t.Skip("lacks an engine") }

func TestLeaves(*testing.T) { os.Exit(3) }
