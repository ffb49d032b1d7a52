package images

import (
	"archive/tar"
	"bytes"
	"fmt"
	"os"
	"testing"

	"batten/internal/docker"
	"batten/internal/testenv/require"
)

// Scratch returns the reference of an image that holds nothing but the program
// NAME, which is its entry point.
func Scratch(t testing.TB, name string) string {
	t.Helper()
	engine := require.Docker(t)
	path, hash := build(t, name)
	ref := "batten-test/" + name + ":" + hash
	exists, err := engine.ImageExists(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if exists {
		return ref
	}
	program, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read program: %v", err)
	}
	layer, err := layerOf(name, program)
	if err != nil {
		t.Fatalf("write layer: %v", err)
	}
	if err := engine.ImageImport(t.Context(), layer, ref, fmt.Sprintf("ENTRYPOINT [%q]", "/"+name)); err != nil {
		t.Fatal(err)
	}
	return ref
}

func layerOf(name string, program []byte) (*bytes.Buffer, error) {
	layer := &bytes.Buffer{}
	writer := tar.NewWriter(layer)
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o755, Size: int64(len(program))}
	if err := writer.WriteHeader(header); err != nil {
		return nil, err
	}
	if _, err := writer.Write(program); err != nil {
		return nil, err
	}
	return layer, writer.Close()
}

// Run makes and starts a container that is removed when the test ends, and
// returns its id.
func Run(t testing.TB, engine *docker.Engine, spec docker.Spec) string {
	t.Helper()
	id, err := engine.Run(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Remove(require.Context(t), id) })
	return id
}
