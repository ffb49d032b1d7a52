package project

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/paths"
)

// pathShapes are the shapes in which a service's section could hold a path.
func pathShapes() []any {
	named := func() map[string]any {
		return map[string]any{"path": "./x", "file": "./x", "context": "./x", "type": "bind", "source": "./x"}
	}
	return []any{
		"./x", []any{"./x"}, named(), []any{named()}, map[string]any{"a": named()}, map[string]any{"a": []any{"./x"}},
	}
}

func TestComposeMakesNoPathAbsoluteInTheSectionsThatItIsNotShown(t *testing.T) {
	resolved := func(section string, shape any) any {
		dict := map[string]any{"services": map[string]any{"s": map[string]any{section: shape}}}
		if err := paths.ResolveRelativePaths(dict, "/project", nil); err != nil {
			return err
		}
		return dict["services"].(map[string]any)["s"].(map[string]any)[section]
	}
	changed := func(section string) bool {
		for i, shape := range pathShapes() {
			if !reflect.DeepEqual(resolved(section, shape), pathShapes()[i]) {
				return true
			}
		}
		return false
	}
	for section := range pathless {
		if changed(section) {
			t.Errorf("compose-go resolves paths in %s", section)
		}
	}
	for _, section := range []string{"build", "env_file", "label_file", "extends", "volumes"} {
		if !changed(section) {
			t.Errorf("nothing is found in %s, which holds paths", section)
		}
	}
}

func TestDefaultsAndPathsAreTheSameInParts(t *testing.T) {
	var b strings.Builder
	b.WriteString("services:\n")
	for i := range 2 * partSize {
		fmt.Fprintf(&b, `  s%d:
    image: i
    build: {dockerfile: d, additional_contexts: {more: ./more}, secrets: [one], ssh: [default=./key]}
    env_file: [./a.env, {path: b.env, required: false}]
    label_file: ./labels
    command: ./run
    working_dir: ./here
    ports: ["%d:80", {target: 81}]
    secrets: [one, {source: two, target: /t}]
    configs: [three]
    gpus: [{driver: nvidia}]
    devices: ["./dev:/dev/x"]
    volumes: ["./d:/d", "v:/v", {type: bind, source: ../e, target: /e}, {type: volume, source: v, target: /w}]
    develop: {watch: [{path: ./src, action: rebuild}]}
    deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}
    healthcheck: {test: [CMD, ./check]}
    labels: [path=./x]
`, i, 1000+i)
	}
	b.WriteString("secrets: {one: {file: ./one}, two: {file: ../two}}\nconfigs: {three: {file: three}}\n" +
		"volumes: {v: {driver: local, driver_opts: {o: bind, device: ./data}}}\n")
	path := filepath.Join(write(t, t.TempDir(), map[string]string{"compose.yaml": b.String()}), "compose.yaml")
	inParts(t, path, 2)
	inParts(t, path, 2*partSize)
}
