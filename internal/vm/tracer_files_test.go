package vm

import (
	"testing"
	"time"

	"batten/internal/scenarios"
)

// Here the kernel takes programs at the hooks of security modules, which the machine
// that runs the tests may refuse.
func TestEveryWayOfRecordingFilesAgreesOnADebianKernel(t *testing.T) {
	t.Parallel()
	m := Start(t, Guest{Lifetime: 15 * time.Minute})
	env := []string{"BATTEN_ALL_FILE_WAYS=1", scenarios.Built + "=" + putScenarios(t, m)}
	for _, run := range []string{
		"TestEveryScenario/(lsm|fentry)/tp_btf",
		"TestEveryScenario/calls/tp_btf/(rename|dirfd|map|drop|attributes)", // all of them where machines are fast
	} {
		m.GoTest(t, Tests{Package: "batten/trace/ebpf", Run: run, Files: []string{"internal/scenarios/testdata"}, Env: env, Timeout: 12 * time.Minute})
	}
}

// putScenarios builds here what takes long to compile inside, and returns the folder
// that it is in there.
func putScenarios(t *testing.T, m *Machine) string {
	t.Helper()
	const folder = "/scenarios"
	files := map[string]string{}
	for _, s := range scenarios.All() {
		if s.Static {
			files[folder+"/"+s.Name] = scenarios.Build(t, s)
		}
	}
	m.Put(t, files)
	return folder
}
