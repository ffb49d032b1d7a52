package rules

import (
	"slices"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// shared is a key that puts a service into a namespace of the host.
type shared struct {
	key     string
	value   func(s project.Service) string
	message string
	// doubts are what speaks against removing it; nil removes it.
	doubts func(d *plan.Draft, s project.Service) []string
	notes  []string
}

var sharedNamespaces = []shared{
	{
		key: "pid", value: func(s project.Service) string { return s.Config.Pid },
		message: "it sees and signals the processes of the host",
		doubts: func(*plan.Draft, project.Service) []string {
			return []string{"whether it looks at processes of the host leaves no trace in a recording"}
		},
		notes: []string{"where AppArmor's docker-default applies it cannot signal or trace processes of the host, but sees their command lines all the same"},
	},
	{
		key: "ipc", value: func(s project.Service) string { return s.Config.Ipc },
		message: "it shares memory, semaphores and queues with the host",
		doubts: func(d *plan.Draft, s project.Service) []string {
			return callDoubts(d.Profile(s.Name), "uses shared memory or queues", "/dev/shm",
				"shmget", "shmat", "semget", "semop", "semtimedop", "msgget", "msgsnd", "msgrcv", "mq_open", "ipc")
		},
		notes: []string{`services that share memory with each other need ipc: "shareable" on one and "service:NAME" on the others, not the host's`},
	},
	{
		key: "uts", value: func(s project.Service) string { return s.Config.Uts },
		message: "it shares the host's name, and may change it",
		doubts: func(d *plan.Draft, s project.Service) []string {
			return callDoubts(d.Profile(s.Name), "changes the host's name", "", "sethostname", "setdomainname")
		},
		notes: []string{"it then has a name of its own: the container's, or the one in hostname"},
	},
	{
		key: "userns_mode", value: func(s project.Service) string { return s.Config.UserNSMode },
		message: "root in it stays root of the host although the daemon may remap users",
		doubts: func(d *plan.Draft, s project.Service) []string {
			switch host := d.Project.Host; {
			case !host.Known:
				return []string{"whether the daemon remaps users is not known"}
			case host.UserRemap:
				return []string{"the daemon remaps users: its volumes belong to uids that it would no longer be"}
			}
			return nil // the daemon does not remap: removing it changes nothing
		},
	},
}

func detectHostNamespaces(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		for _, one := range sharedNamespaces {
			if one.value(s) != "host" {
				continue
			}
			fix := &plan.Fix{Summary: "give it its own: remove " + one.key, Changes: []plan.Change{plan.RemoveService(s.Name, one.key)},
				Notes: slices.Clone(one.notes)}
			for _, doubt := range one.doubts(d, s) {
				fix.Off = true
				fix.Notes = append(fix.Notes, "to settle: "+doubt)
			}
			if d.Target == plan.TargetSwarm {
				fix.Notes = append(fix.Notes, "a stack ignores "+one.key+": there the service has its own already")
			}
			out = append(out, plan.Finding{Service: s.Name, Key: one.key, Message: one.key + ": host: " + one.message,
				At: written(d, s, one.key), Fix: fix})
		}
	}
	return out
}

// callDoubts are what a recording says against a service that makes none of these
// calls and touches nothing below a folder.
func callDoubts(p *profiles.Profile, what, folder string, calls ...string) []string {
	if reason := unseenCalls(p); reason != "" {
		return []string{reason}
	}
	for _, call := range calls {
		if slices.ContainsFunc(p.Sightings(call), func(s profiles.Syscall) bool { return s.Part != profiles.PartRuntime }) {
			return []string{"it " + what + ": " + call}
		}
	}
	for _, f := range p.Files {
		if folder != "" && f.OfService() && strings.HasPrefix(f.Path, folder+"/") {
			return []string{"it " + what + ": " + plain(f.Path)}
		}
	}
	return nil
}

// unseenCalls says why a recording does not show all calls of a service's life.
func unseenCalls(p *profiles.Profile) string {
	switch {
	case p == nil:
		return "nobody recorded which calls it makes"
	case !slices.ContainsFunc(p.Runs, func(r profiles.Run) bool { return r.StartupSeen }):
		return "its start was not recorded"
	case !p.Loss.Complete():
		return "its recording has lost a part of what happened"
	}
	return ""
}

func detectControlGroups(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		add := func(key, message string) {
			out = append(out, plan.Finding{Service: s.Name, Key: key, Message: message, At: written(d, s, key),
				Fix: &plan.Fix{Summary: "remove " + key, Off: true, Changes: []plan.Change{plan.RemoveService(s.Name, key)},
					Risk: "limits that were set there no longer hold it"}})
		}
		if s.Config.CgroupParent != "" {
			add("cgroup_parent", "it runs under "+plain(s.Config.CgroupParent)+", outside of the engine's own control group")
		}
		if s.Config.Cgroup == "host" {
			add("cgroup", "it sees the control groups of the host")
		}
	}
	return out
}
