package bench

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"batten/internal/docker"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
)

// BenchmarkStart measures a whole start and end of tracing: reading the programs,
// loading, attaching, detaching.
func BenchmarkStart(b *testing.B) {
	require.EBPF(b)
	for _, form := range ebpf.Forms() {
		b.Run(string(form), func(b *testing.B) {
			for b.Loop() {
				session(b, ebpf.Options{Form: form}, func(trace.Session) {})
			}
		})
	}
}

const manyContainers = 100

// BenchmarkMemory measures a process that traces 100 containers.
func BenchmarkMemory(b *testing.B) {
	require.EBPF(b)
	if !once(b) {
		return
	}
	engine, image := require.Docker(b), images.Services(b)
	child := exec.Command("/proc/self/exe")
	child.Env = append(os.Environ(), memoryVariable+"=1")
	child.Stderr = os.Stderr
	in, err := child.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := child.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		b.Fatal("the tracer did not start")
	}
	ids := make([]string, manyContainers)
	slots := make(chan struct{}, 4)
	var all sync.WaitGroup
	for i := range ids {
		all.Add(1)
		go func() {
			defer all.Done()
			slots <- struct{}{}
			defer func() { <-slots }()
			ids[i] = images.Run(b, engine, docker.Spec{
				Image: image, SecurityOpt: []string{record}, Network: "none",
				Entrypoint: []string{"sh", "-c", "ls -lR /etc >/dev/null; id; uname; exec sleep 1000"},
			})
		}()
	}
	all.Wait()
	fmt.Fprintln(in, strings.Join(ids, " "))
	in.Close()
	fmt.Printf("\nmemory of a process that traces %d containers, in KiB\n", manyContainers)
	for lines.Scan() {
		fmt.Println(" ", lines.Text())
	}
	if err := child.Wait(); err != nil {
		b.Fatal(err)
	}
}

const memoryVariable = "BATTEN_BENCH_MEMORY"

// memoryChild is the measured process: a tracer and nothing else. It reports
// whether this process is it.
func memoryChild() bool {
	if os.Getenv(memoryVariable) == "" {
		return false
	}
	if err := traceMany(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}

func traceMany() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := ebpf.New(ebpf.Options{}).Start(ctx, nil)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		return err
	}
	for _, id := range strings.Fields(line) {
		err := s.Add(trace.Target{
			Service: profiles.Service{Name: id[:12], Kind: profiles.KindContainer}, Container: id,
			Run: profiles.Run{Seccomp: profiles.SeccompRecord, StartupSeen: true},
		})
		if err != nil {
			return err
		}
	}
	complete := 0
	for range 20 { // two seconds of a screen that is refreshed ten times a second
		rs, err := s.Snapshot()
		if err != nil {
			return err
		}
		complete = 0
		for _, r := range rs {
			if len(r.Syscalls) > 20 && r.Loss.Complete() {
				complete++
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	fmt.Printf("%-36s %8d\n", "complete recordings", complete)
	for _, field := range []string{"VmRSS", "VmHWM"} {
		fmt.Printf("%-36s %8d\n", field, status(field))
	}
	fmt.Printf("%-36s %8d\n", "kernel maps", kernelMaps())
	_, err = s.Close()
	return err
}

// status reads one line of /proc/self/status, in KiB.
func status(field string) (kib int) {
	raw, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, field+":"); ok {
			kib, _ = strconv.Atoi(strings.Fields(rest)[0])
		}
	}
	return kib
}

// kernelMaps adds up what the kernel charges for the maps, in KiB.
func kernelMaps() (kib int) {
	files, _ := filepath.Glob("/proc/self/fdinfo/*")
	seen := map[string]bool{}
	for _, f := range files {
		raw, _ := os.ReadFile(f)
		fields := map[string]string{}
		for line := range strings.Lines(string(raw)) {
			if k, v, ok := strings.Cut(line, ":"); ok {
				fields[k] = strings.TrimSpace(v)
			}
		}
		if id := fields["map_id"]; id != "" && !seen[id] {
			seen[id] = true
			n, _ := strconv.Atoi(fields["memlock"])
			kib += n / 1024
		}
	}
	return kib
}
