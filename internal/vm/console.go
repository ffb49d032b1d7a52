package vm

import (
	"bytes"
	"strings"
	"sync"
)

// console keeps the end of what the guest's kernel says. It is text of others.
type console struct {
	mu   sync.Mutex
	text []byte
}

// kept is how much of the console is kept, in bytes.
const kept = 64 << 10

// Write implements io.Writer.
func (c *console) Write(data []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text = append(c.text, data...)
	if over := len(c.text) - kept; over > 0 {
		c.text = append([]byte(nil), c.text[over:]...)
	}
	return len(data), nil
}

func (c *console) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(bytes.ReplaceAll(c.text, []byte("\r"), nil))
}

// tail is what an error shows: the last lines.
func (c *console) tail() string {
	lines := strings.Split(strings.TrimSpace(c.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-30):], "\n")
}

// complaints begin what the kernel says of its own faults.
var complaints = []string{"Kernel panic - not syncing: ", "BUG: ", "Oops: ", "WARNING: "}

// complaint is the first such line, or empty. What follows it are its consequences.
func (c *console) complaint() string {
	for line := range strings.Lines(c.String()) {
		for _, begin := range complaints {
			if at := strings.Index(line, begin); at >= 0 {
				return strings.TrimSpace(line[at:])
			}
		}
	}
	return ""
}
