package rules

import "batten/plan"

var namespaceRules = []plan.Rule{
	{
		ID: "B001", Title: "The service does not hold the engine's control socket", Topic: "namespaces", Severity: plan.Critical, Class: plan.Advice,
		Sources: []plan.Source{{Name: plan.CIS, Item: "5.32"}, {Name: plan.OWASP, Item: "RULE #1"}, {Name: plan.GuideTips, Item: "tip 28"}},
		Why: "Who may speak to the engine may start a privileged container with the host's disk in it: the socket is root on the host, without " +
			"a password. `:ro` does not help: it makes the file read-only, and connecting to a socket is not writing to a file.",
		Fix: "Nothing is changed: which calls the service has to make, only a person can say. What helps is a proxy in a service of its own that holds " +
			"the socket, passes the few calls on that are needed (listing containers, say), and shares an internal network with this service alone.",
		Detect: detectControlSocket,
	},
	{
		ID: "B019", Title: "The service shares no namespace with the host", Topic: "namespaces", Severity: plan.High, Class: plan.Measured,
		Sources: []plan.Source{{Name: plan.CIS, Item: "5.16"}, {Name: plan.CIS, Item: "5.17"}, {Name: plan.CIS, Item: "5.21"}, {Name: plan.CIS, Item: "5.31"},
			{Name: plan.GuideSecuring}, {Name: plan.GuideTips, Item: "tips 10, 18, 19, 22"}, {Name: plan.GuideCourse}},
		Why: "Namespaces are what makes a container. In the host's process namespace a service sees every process of the host with its command " +
			"line and environment, and signals those of its uid; in the host's IPC namespace it reads their shared memory; in the host's user " +
			"namespace root stays root although the daemon remaps it.",
		Fix: "Removes the key where the recording shows that the shared namespace is not used, or where removing it changes nothing. " +
			"The host's process namespace stays unless the user decides: reading about other processes leaves no trace in a recording.",
		Breaks: "Monitoring of the host sees only itself; programs that share memory with others do not find it.",
		Detect: detectHostNamespaces,
	},
	{
		ID: "B038", Title: "The service has no device of the host, or only the rights to it that it needs", Topic: "namespaces", Severity: plan.Medium, Class: plan.Measured,
		Sources: []plan.Source{{Name: plan.CIS, Item: "5.18"}, {Name: plan.GuideTips, Item: "tip 27"}},
		Why: "A device is a way past the file system: a disk's device is every file on it, /dev/mem is the memory of the host. Without rights " +
			"written behind it, a device is given for reading, writing and mknod.",
		Fix: "Takes the right to mknod away where the recording shows that the service makes no device files. Whether a device is needed at all " +
			"is for a person to say.",
		Breaks: "Programs that make device files of their own for it: operation not permitted.",
		Detect: detectDevices,
	},
	{
		ID: "B049", Title: "The service is one service", Topic: "namespaces", Severity: plan.Low, Class: plan.Advice,
		Sources: []plan.Source{{Name: plan.CIS, Item: "5.7"}, {Name: plan.GuideTips, Item: "tip 16"}},
		Why: "An SSH server in a container is a second way in, with keys and passwords of its own that nobody rotates; `docker exec` does the same " +
			"with the engine's access control. Several daemons in one container share its rights: each may do what any of them needs.",
		Detect: detectSeveralDaemons,
	},
	{
		ID: "B052", Title: "The service stays in the engine's control group", Topic: "namespaces", Severity: plan.Low, Class: plan.Choice,
		Sources: []plan.Source{{Name: plan.CIS, Item: "5.25"}},
		Why: "Under another parent in the control group tree, limits of the engine's own tree do not count for the service. In the host's " +
			"control group namespace it sees the names of all others, and with a writable /sys/fs/cgroup changes their limits.",
		Fix:    "Removes the key. Off unless chosen: an administrator may have set limits on that parent.",
		Breaks: "Limits that were set on the parent no longer hold the service. systemd as a service's main program needs the host's namespace on some hosts.",
		Detect: detectControlGroups,
	},
	{
		ID: "B055", Title: "The first process collects its children", Topic: "namespaces", Severity: plan.Info, Class: plan.Choice,
		Needs:   []plan.Need{plan.NeedTrace},
		Sources: []plan.Source{{Name: plan.DockerDocs, Item: "docker run --init"}},
		Why: "Process 1 of a container inherits every process whose parent is gone and has to wait for it. One that does not fills " +
			"the table of processes with dead entries until nothing can be started any more, and no limit tells why.",
		Fix: "Sets `init: true`, which starts a small process 1 that waits for children and passes signals on. On where the recording " +
			"shows children and not a single wait; off unless chosen otherwise.",
		Breaks: "Programs that insist on being process 1, such as s6 and systemd.",
		Detect: detectNoInit,
	},
}
