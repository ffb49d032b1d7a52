package sample

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// memory follows what a target needs of memory: what it uses without the inactive
// part of the page cache, which the kernel takes back first.
//
// Version 1 of control groups gives memory.usage_in_bytes less total_inactive_file
// of memory.stat, version 2 memory.current less inactive_file. Between readings
// the kernel's own peak helps (memory.max_usage_in_bytes, memory.peak). It counts
// the cache too; less the most cache ever read it is still memory that was needed.
type memory struct {
	peak     uint64 // of the readings
	cache    uint64 // the most inactive cache that was read
	recorded uint64 // the kernel's peak
}

func (m *memory) read(g groups) {
	usage, ok := g.number("memory", "memory.usage_in_bytes", "memory.current")
	if !ok {
		return
	}
	inactive := g.inactive()
	m.cache = max(m.cache, inactive)
	m.peak = max(m.peak, usage-min(usage, inactive))
	if peak, ok := g.number("memory", "memory.max_usage_in_bytes", "memory.peak"); ok {
		m.recorded = max(m.recorded, peak)
	}
}

func (m *memory) bytes() uint64 {
	return max(m.peak, m.recorded-min(m.recorded, m.cache))
}

// inactive is the inactive part of the page cache.
func (g groups) inactive() uint64 {
	for _, at := range []struct{ controller, key string }{{"memory", "total_inactive_file"}, {"", "inactive_file"}} {
		if dir, ok := g[at.controller]; ok {
			if data, err := os.ReadFile(filepath.Join(dir, "memory.stat")); err == nil {
				return fields(data)[at.key]
			}
		}
	}
	return 0
}

// readTree adds up the processes of a tree, which share a control group with
// others: the anonymous and shared memory of each, divided among those who share
// it where the kernel tells.
func (m *memory) readTree(r root, processes []process) {
	var sum uint64
	for _, p := range processes {
		shares := kilobytes(r.proc(p.pid, "smaps_rollup"))
		own, ok := shares["Pss_Anon"]
		if !ok {
			whole := kilobytes(r.proc(p.pid, "status"))
			sum += whole["RssAnon"] + whole["RssShmem"]
			continue
		}
		sum += own + shares["Pss_Shmem"]
	}
	m.peak = max(m.peak, sum)
}

// kilobytes reads lines "Key:   N kB" and returns bytes.
func kilobytes(data []byte) map[string]uint64 {
	out := map[string]uint64{}
	for line := range bytes.Lines(data) {
		key, rest, _ := strings.Cut(string(line), ":")
		parts := strings.Fields(rest)
		if len(parts) != 2 || parts[1] != "kB" {
			continue
		}
		if n, err := strconv.ParseUint(parts[0], 10, 53); err == nil {
			out[key] = n << 10
		}
	}
	return out
}
