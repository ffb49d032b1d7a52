package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

var sharedPropagation = plan.Rule{
	ID:       "B037",
	Title:    "No mount carries mounts of a container back to the host",
	Topic:    "filesystem",
	Severity: plan.Medium,
	Class:    plan.Certain,
	Sources:  []plan.Source{{Name: plan.CIS, Item: "5.20"}},
	Why: "With shared propagation, what is mounted inside the container below this folder appears on the host and in every other " +
		"container that has the folder. A container that may mount can put its own files over those of the host.",
	Fix: "rslave in place of shared and rshared: mounts of the host still come in, none go out.",
	Breaks: "A service whose purpose is to mount something for the host or for others, such as a FUSE driver, no longer " +
		"does: its mount is seen by itself alone.",
	Detect: detectSharedPropagation,
}

func detectSharedPropagation(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		for _, m := range mountsOf(d, s) {
			if m.Bind == nil || !strings.HasSuffix(m.Bind.Propagation, "shared") {
				continue
			}
			f := plan.Finding{Service: s.Name, Key: m.Target, At: m.place(d, s),
				Message: "mounts made below " + plain(m.Target) + " appear on the host (" + plain(m.Bind.Propagation) + ")"}
			f.Fix = &plan.Fix{Summary: "let mounts in, not out: rslave", Off: mayMount(s)}
			if f.Fix.Off {
				f.Fix.Risk = "it may mount, and could be there to mount something for others"
			}
			changes, ok := m.slave()
			if !ok {
				f.Fix.Blocked = elsewhere
			}
			f.Fix.Changes = changes
			out = append(out, f)
		}
	}
	return out
}

// mayMount tells whether a service has what mounting needs.
func mayMount(s project.Service) bool {
	return s.Privileged || slices.ContainsFunc(s.CapAdd, func(name string) bool {
		return slices.Contains([]string{"SYS_ADMIN", "ALL"}, strings.TrimPrefix(strings.ToUpper(name), "CAP_"))
	})
}

// slave puts rslave in place of the mount's propagation.
func (m mount) slave() ([]plan.Change, bool) {
	if m.at != nil && m.at.Text == "" {
		return setInItem(*m.at, "rslave", "bind", "propagation")
	}
	return m.withOption("", nil, func(options []string) []string {
		for i, o := range options {
			if strings.HasSuffix(o, "shared") {
				options[i] = "rslave"
			}
		}
		return options
	})
}

var sharedVolume = plan.Rule{
	ID:       "B039",
	Title:    "A shared volume is writable for those who write it",
	Topic:    "filesystem",
	Severity: plan.Info,
	Class:    plan.Choice,
	Needs:    []plan.Need{plan.NeedCompose},
	Sources:  []plan.Source{{Name: plan.DockerDocs, Item: "Use a read-only volume"}},
	Why: "A volume that several services can write is a way from one to the other: what the first is made to put there, the second " +
		"reads, serves or runs. Often one writes, and the others only need to read.",
	Fix: "Makes the volume read-only for each service that was recorded without writing to it. Off unless chosen where the recording " +
		"is a sample, or where the folder is made for data of the service's own.",
	Breaks: "A write fails with \"read-only file system\".",
	Detect: detectSharedVolume,
}

// use is one service's writable mount of a named volume.
type use struct {
	service project.Service
	mount   mount
}

func detectSharedVolume(d *plan.Draft) []plan.Finding {
	uses := map[string][]use{}
	for _, s := range containers(d) {
		for _, m := range mountsOf(d, s) {
			if m.Type == project.MountVolume && m.Source != "" && !m.ReadOnly {
				uses[m.Source] = append(uses[m.Source], use{s, m})
			}
		}
	}
	var out []plan.Finding
	for _, volume := range slices.Sorted(maps.Keys(uses)) {
		if len(uses[volume]) < 2 {
			continue
		}
		for _, u := range uses[volume] {
			out = append(out, u.finding(d, volume, len(uses[volume])))
		}
	}
	return out
}

func (u use) finding(d *plan.Draft, volume string, writers int) plan.Finding {
	f := plan.Finding{Service: u.service.Name, Key: u.mount.Target, At: u.mount.place(d, u.service),
		Message: fmt.Sprintf("%d services can write the volume %s", writers, plain(volume))}
	p := d.Profile(u.service.Name)
	switch {
	case !sawFiles(p):
		f.Fix = &plan.Fix{Summary: "mount it read-only", Blocked: "whether it writes there was not measured", Measure: plan.MeasureCommand(u.service.Name)}
	case wroteBelow(p, spellings(u.service, u.mount.Target)...) != "":
		f.Evidence = []plan.Evidence{{From: plan.FromRecording, Text: wroteText(p, []string{wroteBelow(p, spellings(u.service, u.mount.Target)...)})}}
	default:
		f.Evidence = []plan.Evidence{nothingBelow(p, u.mount.Target)}
		f.Fix = readOnlyFix(p, u.mount, !recordedFiles(p) || keepsData(u.service, u.mount))
	}
	return f
}
