package engine

import (
	"io"
	"time"

	"batten/generators/seccomp"
	"batten/internal/fault"
	"batten/profiles"
)

// Setting is a choice that can also be left as it is.
type Setting string

const (
	SettingKeep Setting = "keep"
	SettingOn   Setting = "on"
	SettingOff  Setting = "off"
)

// TraceRequest says what to trace and until when.
type TraceRequest struct {
	Targets []string // compose file, folder, service, container:NAME, pid:N; none with a Command
	Command []string // a command to start under trace
	Name    string   // what the recording is called; "" derives it

	Workload string        // shell command that drives the services; "" waits
	For      time.Duration // how long to record at most; 0 until everything ended, the workload ended, or Stop
	Backend  Backend
	NoFiles  bool         // do not record files, sockets, signals and mounts as they are used
	NNP      Setting      // no-new-privileges of what batten starts
	Mode     seccomp.Mode // of the seccomp profile that is written
	Restart  bool         // restart what runs already, so that its start is seen
	Merge    bool         // into what is recorded already
	// Cycle stops and starts again, after the workload, what batten started, and
	// drives it once more.
	Cycle bool

	Stdin          io.Reader // of Command; *os.File or nil
	Stdout, Stderr io.Writer // of Command

	// Stop ends the recording early and keeps it: the first interrupt.
	Stop <-chan struct{}
}

// TraceResult is what a trace gave.
type TraceResult struct {
	Schema      string `json:"schema"`
	Seconds     uint64 `json:"seconds"`
	Interrupted bool   `json:"interrupted,omitempty"`
	// Stopped is true when batten ended the command: its exit code is then of that.
	Stopped  bool            `json:"stopped,omitempty"`
	ExitCode *int            `json:"exitCode,omitempty"` // of the command
	Workload *WorkloadResult `json:"workload,omitempty"`
	Services []ServiceResult `json:"services"`
}

// TraceSchema is the schema of [TraceResult].
const TraceSchema = "batten/trace/v1"

// WorkloadResult is how the workload ended.
type WorkloadResult struct {
	Command  string `json:"command"` // redacted
	ExitCode int    `json:"exitCode"`
}

// ServiceResult is what is known of one service after a trace.
type ServiceResult struct {
	Service   profiles.Service `json:"service"`
	Recording string           `json:"recording"`         // file, relative to the project
	Seccomp   string           `json:"seccomp,omitempty"` // file, relative to the project
	Summary   Summary          `json:"summary"`
}

// ParseSetting reads the value of a flag that is on, off or keep.
func ParseSetting(flag, s string) (Setting, error) {
	switch v := Setting(s); v {
	case SettingKeep, SettingOn, SettingOff:
		return v, nil
	}
	return "", fault.New(fault.Usage, "choose on, off or keep", "unknown value %q of %s", s, flag)
}

// ParseMode reads the mode of a seccomp profile.
func ParseMode(s string) (seccomp.Mode, error) {
	switch m := seccomp.Mode(s); m {
	case seccomp.Portable, seccomp.Tight:
		return m, nil
	}
	return "", fault.New(fault.Usage, "choose portable or tight", "unknown mode %q", s)
}
