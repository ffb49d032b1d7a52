package confined

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"batten/internal/launch"
	"batten/internal/scenarios"
	"batten/internal/testenv/require"
	"batten/internal/vm"
)

// probes names, in the environment, the folder with the programs that are built
// outside: compiling takes long inside.
const probes = "BATTEN_CONFINED"

func TestMain(m *testing.M) {
	launch.Hook()
	os.Exit(m.Run())
}

// inside tells whether the test runs in the machine. Outside it boots one and runs
// there the test that asks.
func inside(t *testing.T) bool {
	t.Helper()
	if os.Getenv(probes) != "" {
		return true
	}
	t.Parallel()
	m := vm.Start(t, vm.Guest{Memory: 2048, Lifetime: 15 * time.Minute})
	probe := filepath.Join(t.TempDir(), "probe")
	gcc := require.Tool(t, "vm", "gcc")
	if out, err := exec.CommandContext(t.Context(), gcc, "-static", "-O1", "-Wall", "-Werror", "-o", probe, "testdata/probe.c").CombinedOutput(); err != nil {
		t.Fatalf("build probe: %v\n%s", err, out)
	}
	files := map[string]string{"/confined/probe": probe}
	for _, s := range scenarios.All() {
		if s.Static {
			files["/confined/"+s.Name] = scenarios.Build(t, s)
		}
	}
	m.Put(t, files)
	m.GoTest(t, vm.Tests{
		Package: "batten/internal/confined", Files: []string{"internal/scenarios/testdata"}, Run: "^" + regexp.QuoteMeta(t.Name()) + "$",
		Timeout: 12 * time.Minute,
		Env:     []string{probes + "=/confined", scenarios.Built + "=/confined"},
	})
	return false
}
