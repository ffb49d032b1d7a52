package rules

import "batten/plan"

// In this order: B004 makes the list of capabilities, and the rules after it leave
// to it what it settles.
var privilegeRules = []plan.Rule{
	{
		ID: "B003", Title: "Programs cannot gain privileges", Topic: "privileges", Severity: plan.Medium, Class: plan.Certain,
		Sources: []plan.Source{{Name: plan.CIS, Item: "5.26"}, {Name: plan.OWASP, Item: "RULE #4"}, {Name: plan.GuideTips, Item: "tip 33"}},
		Why: "Images carry programs with a set-user-ID bit: su, mount, passwd, sometimes sudo. An attacker who has taken over an " +
			"ordinary user of the service executes one with a known fault and is root of the container. With no-new-privileges " +
			"the kernel ignores the bit, and file capabilities with it, for the service and all its children.",
		Fix: "Adds `no-new-privileges:true` to security_opt. It is left off where the recording or the image shows that " +
			"the service relies on such a program, and blocked for images that are known not to start with it.",
		Breaks: "sudo says that the flag is set; ping of a user that is not root lacks its socket. gosu, su-exec and setpriv " +
			"go on working: they change the user by capabilities, not by a bit.",
		Detect: detectNoNewPrivileges,
	},
	{
		ID: "B004", Title: "Capabilities that are not needed are dropped", Topic: "privileges", Severity: plan.Medium, Class: plan.Measured,
		Needs: []plan.Need{plan.NeedCompose, plan.NeedImage, plan.NeedTrace},
		Sources: []plan.Source{{Name: plan.CIS, Item: "5.4"}, {Name: plan.OWASP, Item: "RULE #3"}, {Name: plan.GuideSecuring},
			{Name: plan.GuideField}, {Name: plan.GuideTips, Item: "tip 34"}, {Name: plan.GuideCourse}},
		Why: "Root of a container is root divided into capabilities, and Docker leaves it fourteen of them: enough to forge packets, " +
			"to overrule permissions, to make device files, to become any user. Few services use more than two or three, most of " +
			"them only in their first second. What is dropped is gone for the attacker, too, even if he is root.",
		Fix: "Sets `cap_drop: [ALL]` and makes cap_add exactly what the recording shows: each capability that was granted and " +
			"that the operation depended on, the start and the health check included. Without a recording, a service that " +
			"never is root gets none, and an image that was tested gets what the test found. Otherwise it stays off " +
			"until the service has been traced.",
		Breaks: "What was not recorded and needs a capability is refused: operation not permitted. redis and httpd go on serving " +
			"as root when SETUID or SETGID is missing, so look at the user, not only at the health check (B013).",
		Detect: detectDrop,
	},
	{
		ID: "B002", Title: "The service is not privileged", Topic: "privileges", Severity: plan.Critical, Class: plan.Measured,
		Needs:   []plan.Need{plan.NeedCompose, plan.NeedTrace},
		Sources: []plan.Source{{Name: plan.CIS, Item: "5.5"}, {Name: plan.OWASP, Item: "RULE #3"}, {Name: plan.GuideField}, {Name: plan.GuideTips, Item: "tip 14"}},
		Why: "privileged gives all capabilities and all devices, and takes seccomp, AppArmor and the masks over /proc and /sys away. " +
			"Mounting the host's disk is one command then. It is a way to run a program on the host, not a container.",
		Fix: "Removes `privileged` and gives the capabilities that the recording shows. It stays off where these are near to root " +
			"themselves, or where the recording shows devices.",
		Breaks: "Devices and writable /sys that nobody named are missing: no such file, or operation not permitted.",
		Detect: detectPrivileged,
	},
	{
		ID: "B005", Title: "No capability leads to the host", Topic: "privileges", Severity: plan.High, Class: plan.Measured,
		Needs:   []plan.Need{plan.NeedCompose, plan.NeedTrace},
		Sources: []plan.Source{{Name: plan.CIS, Item: "5.4"}, {Name: plan.OWASP, Item: "RULE #3"}},
		Why: "Some capabilities are not about the container: SYS_MODULE loads code into the host's kernel, SYS_ADMIN mounts, SYS_PTRACE " +
			"reads other processes, DAC_READ_SEARCH opens files of the host by handle. Who has one of them is one known step away from the host.",
		Fix:    "Takes the capability away when the recording shows that it is never used. One that is used stays, and is reported with its use.",
		Breaks: "A function that was not recorded may need it: operation not permitted.",
		Detect: detectDangerous,
	},
	{
		ID: "B006", Title: "Every added capability is used", Topic: "privileges", Severity: plan.Low, Class: plan.Measured,
		Needs:   []plan.Need{plan.NeedTrace},
		Sources: []plan.Source{{Name: plan.CIS, Item: "5.4"}, {Name: plan.OWASP, Item: "RULE #3"}},
		Why:     "cap_add lists are copied from one project to the next. What the service never uses serves only who breaks into it.",
		Fix:     "Takes capabilities out of cap_add that no run of the recording used, the start included.",
		Breaks:  "A function that was not recorded may need it: operation not permitted.",
		Detect:  detectUnused,
	},
	{
		ID: "B007", Title: "Added capabilities reach the service", Topic: "privileges", Severity: plan.Info, Class: plan.Certain,
		Sources: []plan.Source{{Name: plan.DockerDocs, Item: "runtime privilege and capabilities"}, {Name: plan.CIS, Item: "5.4"}},
		Why: "Docker sets no ambient capabilities: a service that starts as another user than root has none, whatever cap_add says. " +
			"The line looks as if it were needed, and is a gift to the first set-user-ID program that an attacker finds.",
		Fix: "Takes the capability out of cap_add. Where the image has programs with file capabilities, or was not looked into, that stays off: " +
			"they do get it, and do not start without it.",
		Breaks: "A program with file capabilities does not start: operation not permitted.",
		Detect: detectInert,
	},
	{
		ID: "B050", Title: "The image has no programs that lift rights", Topic: "privileges", Severity: plan.Info, Class: plan.Advice,
		Needs:   []plan.Need{plan.NeedImage},
		Sources: []plan.Source{{Name: plan.CIS, Item: "4.8"}, {Name: plan.GuideTips, Item: "tip 33"}},
		Why: "A program with a set-user-ID bit or with file capabilities gives its rights to whoever executes it. In an image that serves " +
			"one program they are left-overs of the distribution. no-new-privileges (B003) makes them harmless; removing the bits " +
			"in the Dockerfile makes them gone: RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +.",
		Detect: detectLifting,
	},
	{
		ID: "B053", Title: "Kernel settings of the service weaken nothing", Topic: "privileges", Severity: plan.Medium, Class: plan.Advice,
		Sources: []plan.Source{{Name: plan.DockerDocs, Item: "sysctls"}, {Name: plan.GuideTips, Item: "tip 3"}},
		Why: "A container has its own copy of the network's settings, and of a few of the kernel's. A service that forwards packets joins networks " +
			"that were meant to be apart; one that takes forged or redirected packets is open to whoever is beside it.",
		Detect: detectKernelSettings,
	},
}
