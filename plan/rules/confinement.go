package rules

import "batten/plan"

var confinementRules = []plan.Rule{
	{
		ID: "B014", Title: "System calls are filtered by what the service needs", Topic: "confinement", Severity: plan.Medium, Class: plan.Measured,
		Needs:   []plan.Need{plan.NeedCompose, plan.NeedTrace},
		Sources: []plan.Source{{Name: plan.CIS, Item: "5.22"}, {Name: plan.OWASP, Item: "RULE #6"}, {Name: plan.GuideSecuring}},
		Why: "Every system call is a door into the kernel that all containers and the host share. Docker's default filter " +
			"refuses some dozens of them and has to suit every program; one service makes far fewer calls than it leaves. A fault in a call that " +
			"the service never makes is of no use to an attacker when the call is refused. With seccomp=unconfined not even the default filter is there.",
		Fix: "Takes `seccomp=unconfined` out, and sets the profile that batten made of the recording. Without a recording the " +
			"engine's default is what remains.",
		Breaks: "A call that was not recorded fails: operation not permitted, or function not implemented. docker-compose 1.29 " +
			"looks for the profile in the folder in which it is started, Compose v2 in the project's.",
		Detect: detectSeccomp,
	},
	{
		ID: "B015", Title: "AppArmor confines the service", Topic: "confinement", Severity: plan.Medium, Class: plan.Measured,
		Needs:   []plan.Need{plan.NeedCompose, plan.NeedHost, plan.NeedTrace},
		Sources: []plan.Source{{Name: plan.CIS, Item: "5.2"}, {Name: plan.OWASP, Item: "RULE #6"}, {Name: plan.GuideSecuring}, {Name: plan.GuideTips, Item: "tip 5"}},
		Why: "AppArmor decides over files, mounts and signals after ordinary permissions have, and root cannot overrule it. " +
			"docker-default keeps a container from mounting and from writing to what /proc and /sys tell of the host; " +
			"unconfined takes that away. A profile of its own allows a service the files, programs and sockets that it was recorded " +
			"to use: who takes it over can neither start a shell that it never started nor read a file that it never read.",
		Fix: "Takes `apparmor=unconfined` out. Where files were recorded, batten writes a profile to hardened/apparmor/, and names it in the " +
			"compose file when the engine confines with AppArmor, or with `--apparmor on`. Compose only names it: load it on the engine's " +
			"host before the start, as APPLY.md says. `--apparmor complain` makes one that logs and refuses nothing; off makes none.",
		Breaks: "A service that mounts, or that traces processes outside, needs a profile of its own. One whose profile is not loaded does not start. " +
			"What was not recorded is refused: permission denied. A rootless engine and Docker Desktop cannot confine with AppArmor.",
		Detect: detectAppArmor,
	},
	{
		ID: "B016", Title: "SELinux keeps the service apart", Topic: "confinement", Severity: plan.High, Class: plan.Certain,
		Sources: []plan.Source{{Name: plan.CIS, Item: "5.3"}, {Name: plan.OWASP, Item: "RULE #6"}, {Name: plan.GuideTips, Item: "tip 5"}},
		Why: "On hosts with SELinux every container has a label of its own, and files of the host and of other containers are closed to it " +
			"even when it breaks out. label=disable runs it unlabelled, usually to make one bind readable.",
		Fix:    "Takes `label=disable` out. A bind that needs a label gets one by :z (shared) or :Z (private) behind its path.",
		Breaks: "Binds without a label of the container are not readable on hosts with SELinux: permission denied.",
		Detect: func(d *plan.Draft) []plan.Finding {
			return eachOption(d, "label", "disable", "label=disable switches the separation by SELinux off",
				"on hosts with SELinux its binds need :z or :Z")
		},
	},
	{
		ID: "B017", Title: "Paths of the host's kernel stay masked", Topic: "confinement", Severity: plan.High, Class: plan.Certain,
		Sources: []plan.Source{{Name: plan.DockerDocs, Item: "docker run --security-opt systempaths"}, {Name: plan.OWASP, Item: "RULE #6"}},
		Why: "Engines hide /proc/kcore, /proc/keys, /proc/timer_list and more, and make /proc/sys, /proc/sysrq-trigger and others read-only. " +
			"systempaths=unconfined opens all of them: root of the service reads the host's memory map and writes the host's settings.",
		Fix:    "Takes `systempaths=unconfined` out.",
		Breaks: "Programs that build containers in containers, and those that write settings below /proc/sys, are refused.",
		Detect: func(d *plan.Draft) []plan.Finding {
			return eachOption(d, "systempaths", "unconfined", "systempaths=unconfined opens what the engine hides in /proc and /sys",
				"building containers inside of it stops working")
		},
	},
}
