package tui

import (
	"fmt"
	"net"
	"strings"
	"time"

	"batten/internal/engine"
	"batten/profiles"
)

// kindLook is how a kind of sighting is shown, and what follows from one.
type kindLook struct {
	sign, word string
	role       role
	follows    string
}

var kindLooks = map[engine.Kind]kindLook{
	engine.KindCall:       {"→", "call", normal, "the seccomp profile will let this call through"},
	engine.KindCapability: {"■", "capability", warning, "the service keeps this capability; those that were not seen are dropped"},
	engine.KindFile:       {"□", "file", normal, "the AppArmor profile will allow this use, and what is written tells which folders must stay writable"},
	engine.KindSocket:     {"═", "socket", accent, "networks and ports are cut down to what was seen"},
	engine.KindSignal:     {"↓", "signal", normal, "the AppArmor profile will allow it between these processes"},
	engine.KindProgram:    {"▌", "program", strong, "the AppArmor profile will allow it to be executed"},
	engine.KindDenial:     {"✗", "refused", bad, "the kernel refused it while it was recorded: it does not count as needed"},
}

func lookOf(k engine.Kind) kindLook {
	if look, ok := kindLooks[k]; ok {
		return look
	}
	return kindLook{"·", string(k), normal, ""}
}

// remark is what there is to say beside a name: what the engine says, and why a call
// matters.
func (f *fresh) remark() string {
	if f.Kind == engine.KindCall && f.Detail == "" {
		reason, _ := profiles.Security(f.Name)
		return reason
	}
	return f.Detail
}

// question is the name under which batten explain knows it, "" when it does not.
func (f *fresh) question() string {
	words := strings.Fields(f.Name)
	switch f.Kind {
	case engine.KindSocket:
		if len(words) < 3 {
			return ""
		}
		if words[1] == "unix" {
			return "unix:" + strings.Join(words[2:], " ")
		}
		_, port, err := net.SplitHostPort(words[2])
		if err != nil {
			return ""
		}
		return words[1] + ":" + port
	case engine.KindSignal:
		if len(words) < 2 || words[0] != string(profiles.ContactSignal) {
			return ""
		}
		return "signal:" + words[1]
	}
	return f.Name
}

// partWords say on whose account something was done.
var partWords = map[profiles.Part]string{
	profiles.PartApplication: "the service itself",
	profiles.PartExec:        "a command executed into it, such as its health check",
	profiles.PartRuntime:     "the runtime that starts it",
	"":                       "sampled from outside",
}

// clock is a time since the beginning of a trace: 0:07.3.
func clock(d time.Duration) string {
	d = max(d, 0).Round(100 * time.Millisecond)
	if h := d / time.Hour; h > 0 {
		return fmt.Sprintf("%d:%02d:%02d", h, d/time.Minute%60, d/time.Second%60)
	}
	return fmt.Sprintf("%d:%02d.%d", d/time.Minute, d/time.Second%60, d/(100*time.Millisecond)%10)
}

// seconds is a length of time in words, for reading.
func seconds(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", d/time.Minute, d/time.Second%60)
	}
	return fmt.Sprintf("%d h %d min", d/time.Hour, d/time.Minute%60)
}
