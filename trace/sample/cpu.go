package sample

import (
	"os"
	"path/filepath"
	"time"
)

// window is the time over which the use of processors is measured.
const window = time.Second

// ticksPerSecond is the unit of /proc/PID/stat, the same on every architecture
// that batten runs on.
const ticksPerSecond = 100

// cpu follows the use of processors over windows of a second.
type cpu struct {
	readings []cpuReading // of the last window, oldest first
	peak     uint64       // milli-CPU
}

type cpuReading struct {
	at   time.Time
	used time.Duration
}

// add takes the time used so far. A counter that went back is another counter.
func (c *cpu) add(at time.Time, used time.Duration) {
	if n := len(c.readings); n > 0 && (used < c.readings[n-1].used || !at.After(c.readings[n-1].at)) {
		c.readings = nil
	}
	c.readings = append(c.readings, cpuReading{at, used})
	// Of those that are a window old or older, the youngest is compared with.
	for len(c.readings) > 1 && at.Sub(c.readings[1].at) >= window {
		c.readings = c.readings[1:]
	}
	first := c.readings[0]
	if elapsed := at.Sub(first.at); elapsed >= window {
		c.peak = max(c.peak, uint64((used-first.used)*1000/elapsed))
	}
}

// milli is the largest use in a window; of a target that was there for less than
// one, what it used at all.
func (c *cpu) milli() uint64 {
	if c.peak == 0 && len(c.readings) > 1 {
		last := c.readings[len(c.readings)-1]
		return uint64((last.used - c.readings[0].used) * 1000 / window)
	}
	return c.peak
}

// used is the processor time of a group so far.
func (g groups) used() (time.Duration, bool) {
	if n, ok := g.number("cpuacct", "cpuacct.usage", ""); ok {
		return time.Duration(n), true
	}
	dir, ok := g[""]
	if !ok {
		return 0, false
	}
	data, err := os.ReadFile(filepath.Join(dir, "cpu.stat"))
	if err != nil {
		return 0, false
	}
	usec, ok := fields(data)["usage_usec"]
	return time.Duration(usec) * time.Microsecond, ok
}

// usedByTree is the processor time of the processes of a tree, with that of
// children which have ended and were waited for.
func usedByTree(processes []process) time.Duration {
	var ticks uint64
	for _, p := range processes {
		ticks += p.cpu
	}
	return time.Duration(ticks) * (time.Second / ticksPerSecond)
}
