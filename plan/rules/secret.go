package rules

import "batten/plan"

var secretRules = []plan.Rule{
	{
		ID: "B040", Title: "No credential stands in the compose file", Topic: "secrets", Severity: plan.High, Class: plan.Certain,
		Sources: []plan.Source{{Name: plan.CIS, Item: "4.10"}, {Name: plan.OWASP, Item: "RULE #12"}, {Name: plan.GuideSecuring},
			{Name: plan.GuideField}},
		Why: "A compose file is copied, sent, committed and pasted into questions, and its passwords with it: they stay in the history of " +
			"version control for ever. What stands in the environment is also shown by docker inspect to everyone who may call the engine, " +
			"is handed on to every child process, and ends in crash reports.",
		Fix: "Moves the value to a file in hardened/secrets, which git ignores, and gives it to the service in the best form that " +
			"is known to work: the image's own variable for a file (POSTGRES_PASSWORD_FILE and its kin), a file of settings (redis), " +
			"a shell that reads the file before the service starts with its entry point and command, where the image was looked into; else a file of variables " +
			"(env_file), or a variable that compose fills in. The last two leave the value in docker inspect, and say so. " +
			"A value that several services have becomes one file. Each variable is a finding of its own, and each fix is " +
			"right whichever others are left out. A variable that refers to a credential elsewhere is moved as well where that takes it out of docker inspect.",
		Breaks: "What was given the variable by hand, as with docker exec, does not have it any more. An image's entry point that a script starts is written down " +
			"as it is now: a new version of the image may have another. A database that is set up keeps the password " +
			"it was set up with: change it there first when you change the file.",
		Detect: detectCredentials,
	},
	{
		ID: "B041", Title: "No credential is the default of a variable", Topic: "secrets", Severity: plan.High, Class: plan.Certain,
		Sources: []plan.Source{{Name: plan.ComposeSpec, Item: "interpolation"}, {Name: plan.OWASP, Item: "RULE #12"}, {Name: plan.CIS, Item: "4.10"}},
		Why: "${DB_PASSWORD:-postgres} looks as if the password came from elsewhere. Where nobody sets the variable, and nothing says that " +
			"it is missing, the service runs with a password that everybody can read in the file.",
		Fix: "Takes the default away. The value that compose would use now, the variable's where it is set and else the default, is " +
			"moved as B040 does it. With a variable that compose fills in, the default goes to hardened/secrets/compose.env.",
		Breaks: "Where the value now comes from a file, setting the variable changes nothing any more.",
		Detect: detectDefaults,
	},
	{
		ID: "B042", Title: "Files of variables with credentials are nobody else's to read", Topic: "secrets", Severity: plan.High, Class: plan.Advice,
		Sources: []plan.Source{{Name: plan.OWASP, Item: "RULE #12"}, {Name: plan.GuideField}},
		Why:     "Moving passwords into .env helps nobody when that file is committed with the rest, or when every user of the machine may read it.",
		Fix:     "Nothing by itself: the file is not batten's, and taking it out of version control is a commit. The commands are given.",
		Detect:  detectOpenEnvFiles,
	},
	{
		ID: "B043", Title: "No password is weak or well known", Topic: "secrets", Severity: plan.Medium, Class: plan.Advice,
		Sources: []plan.Source{{Name: plan.OWASP, Item: "RULE #12"}, {Name: plan.DockerDocs, Item: "secrets in Compose"}},
		Why: "The passwords of examples and of documentation are the first that are tried, by programs, within minutes of a port being reachable. " +
			"A file that hides such a password protects nothing.",
		Fix: "Nothing by itself: a database that is set up keeps its password, and a new one in the file would lock its clients out. " +
			"Draw one by lot (openssl rand -base64 24), change it in the running service, then in hardened/secrets.",
		Detect: detectWeak,
	},
	{
		ID: "B044", Title: "A secret's file can be read by the service and changed by nobody else", Topic: "secrets", Severity: plan.Medium, Class: plan.Advice,
		Sources: []plan.Source{{Name: plan.ComposeSpec, Item: "secrets"}, {Name: plan.DockerDocs, Item: "secrets in Compose"}},
		Why: "Outside a swarm a secret is the host's file, mounted: with the owner and mode that it has there, whatever uid and mode the compose file asks for. " +
			"A service that is not root, or is root without capabilities, cannot read a file that is closed to others. " +
			"One that others may write is theirs to choose.",
		Fix:    "Nothing by itself: the file is not batten's. The commands are given.",
		Detect: detectSecretFiles,
	},
}
