package images

import (
	"os/exec"
	"path/filepath"
	"testing"

	"batten/internal/testenv/require"
)

// ServicesRef is the image with nginx, Redis and PostgreSQL.
const ServicesRef = "batten-test/services:1"

// Services returns [ServicesRef] after making sure that it is there and current.
// Making it takes about a minute and needs root and a Debian mirror.
func Services(t testing.TB) string {
	t.Helper()
	require.Docker(t)
	require.Tool(t, "docker", "docker")
	script := filepath.Join(folder(t), "build.sh")
	if out, err := exec.CommandContext(t.Context(), script).CombinedOutput(); err != nil {
		require.Root(t)
		t.Fatalf("make %s: %v\n%s", ServicesRef, err, out)
	}
	return ServicesRef
}
