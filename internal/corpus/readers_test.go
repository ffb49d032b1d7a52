package corpus

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"batten/internal/testenv/require"
	"batten/project"
	"batten/project/dialect"
)

// reader is one program that reads compose files.
type reader struct {
	name   string
	accept func(ctx context.Context, dir, file string) error
}

// readersOf are the readers that one worker asks.
func readersOf(t *testing.T) []reader {
	return []reader{
		{"3.8 schema", strict}, {"docker-compose", classic(t)}, {"Compose v2", composeGo}, {"docker stack", stack},
	}
}

// classic asks docker-compose 1.29: its own code, loaded once, where it is the Python
// program that it was released as.
func classic(t *testing.T) func(context.Context, string, string) error {
	path := require.Tool(t, "docker", "docker-compose")
	python := interpreter(path)
	if python == "" {
		return program("docker-compose", "-f", "FILE", "config", "--quiet")
	}
	script, err := filepath.Abs("classic.py")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, script)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = io.Discard // warnings about variables
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	answers := bufio.NewReader(out)
	return func(_ context.Context, dir, file string) error {
		if _, err := fmt.Fprintf(in, "%s\t%s\n", dir, file); err != nil {
			return err
		}
		line, err := answers.ReadString('\n')
		if err != nil {
			return err
		}
		if line = strings.TrimSpace(line); line != "ok" {
			return errors.New(line)
		}
		return nil
	}
}

// interpreter is what a script's first line names, "" when it is not Python.
func interpreter(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	line, _ := bufio.NewReader(file).ReadString('\n')
	name, ok := strings.CutPrefix(strings.TrimSpace(line), "#!")
	if !ok || !strings.Contains(name, "python") {
		return ""
	}
	return strings.Fields(name)[0]
}

// program asks an installed program, in the file's folder.
func program(name string, args ...string) func(context.Context, string, string) error {
	return func(ctx context.Context, dir, file string) error {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		words := slices.Clone(args)
		words[slices.Index(words, "FILE")] = file
		cmd := exec.CommandContext(ctx, name, words...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), variables(filepath.Join(dir, ".env"))...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, bytes.TrimSpace(out))
		}
		return nil
	}
}

// stack asks the engine's own command, which reads no .env: whoever deploys exports
// what stands there.
var stack = program("docker", "stack", "config", "--compose-file", "FILE")

// variables reads the simple lines of a .env.
func variables(file string) []string {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}

func strict(_ context.Context, dir, file string) error {
	data, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		return err
	}
	var tree map[string]any
	if err := yaml.Unmarshal(data, &tree); err != nil {
		return err
	}
	return dialect.ValidateStrict(tree)
}

func composeGo(ctx context.Context, dir, file string) error {
	_, err := project.Load(ctx, dir, []string{file})
	return err
}
