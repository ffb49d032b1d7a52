package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"batten/internal/docker"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
	"batten/internal/testenv/workload"
	"batten/trace"
	"batten/trace/ebpf"
)

func BenchmarkServices(b *testing.B) {
	require.EBPF(b)
	if !once(b) {
		return
	}
	engine, image := require.Docker(b), images.Services(b)
	redis, nginx := serve(b, engine, image, workload.Redis()), serve(b, engine, image, workload.Nginx())
	client := images.Run(b, engine, docker.Spec{Image: image, Entrypoint: []string{"sleep", "100000"}, SecurityOpt: []string{"seccomp=unconfined"}})
	throughput := func(target workload.Target, measure func(*testing.B) float64) []variant {
		traced := func(o ebpf.Options) func(*testing.B) float64 {
			return func(b *testing.B) (v float64) {
				session(b, o, func(s trace.Session) {
					follow(b, s, target.Container)
					v = measure(b)
				})
				return v
			}
		}
		// What ran before the session and is not followed is no target.
		attached := func(b *testing.B) (v float64) {
			session(b, ebpf.Options{}, func(trace.Session) { v = measure(b) })
			return v
		}
		return []variant{
			{"untraced", measure}, {"tracer attached, service no target", attached},
			{"traced, without files", traced(ebpf.Options{NoFiles: true})},
			{"traced", traced(ebpf.Options{})}, {"traced, watching for refusals", traced(ebpf.Options{Refusals: true})},
		}
	}
	compare(b, "redis SET, 50 clients", "/s", 11, throughput(redis, func(b *testing.B) float64 {
		return redisBenchmark(b, engine, client, redis.Address)
	})...)
	compare(b, "nginx GET, 8 connections kept alive", "/s", 11, throughput(nginx, func(b *testing.B) float64 {
		return requests(b, nginx.Address+":80", 8, time.Second)
	})...)
}

// serve starts a service under the recording filter and waits until it answers.
func serve(b *testing.B, engine *docker.Engine, image string, s workload.Service) workload.Target {
	b.Helper()
	spec := s.Spec(image)
	spec.SecurityOpt, spec.HealthCheck = []string{record}, nil
	target, err := workload.Locate(b.Context(), engine, images.Run(b, engine, spec))
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	if err := s.Await(ctx, target); err != nil {
		b.Fatal(err)
	}
	return target
}

var rate = regexp.MustCompile(`"SET","([0-9.]+)"`)

func redisBenchmark(b *testing.B, engine *docker.Engine, client, address string) float64 {
	b.Helper()
	code, out, err := engine.Exec(b.Context(), client, "", "redis-benchmark", "-h", address, "-t", "set", "-n", "50000", "-c", "50", "--csv")
	m := rate.FindStringSubmatch(out)
	if err != nil || code != 0 || m == nil {
		b.Fatalf("redis-benchmark: %v, exit code %d, %s", err, code, out)
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// requests counts the answers that a few busy connections get.
func requests(b *testing.B, address string, connections int, d time.Duration) float64 {
	b.Helper()
	var wait sync.WaitGroup
	counts, errs := make([]int, connections), make([]error, connections)
	start := time.Now()
	for i := range connections {
		wait.Add(1)
		go func() {
			defer wait.Done()
			counts[i], errs[i] = hammer(address, start.Add(d))
		}()
	}
	wait.Wait()
	total := 0
	for i := range connections {
		if errs[i] != nil {
			b.Fatal(errs[i])
		}
		total += counts[i]
	}
	return float64(total) / time.Since(start).Seconds()
}

// hammer asks over one connection at a time. nginx ends each after a thousand
// answers, and says so in the last.
func hammer(address string, until time.Time) (n int, err error) {
	for time.Now().Before(until) {
		answered, err := connection(address, until)
		n += answered
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func connection(address string, until time.Time) (n int, err error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	r := bufio.NewReader(c)
	for time.Now().Before(until) {
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: bench\r\n\r\n"); err != nil {
			return n, err
		}
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			return n, err
		}
		_, err = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			return n, fmt.Errorf("status %d: %w", answer.StatusCode, err)
		}
		n++
		if answer.Close {
			break
		}
	}
	return n, nil
}
