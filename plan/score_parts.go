package plan

// scorePart is a sort of thing that an attacker inside a service could reach.
type scorePart struct {
	name  string
	max   int
	lacks []lack
}

// lack is one way to lose points of a part. Facts tell a stated one; of a counted
// one each open finding of its rules costs points.
type lack struct {
	what  string // as the manual says it
	how   string // the points, as the manual says them; "" derives them
	rules []string

	// before is what a stated lack costs when nothing is applied, and left what it
	// costs once a finding is dealt with; nil is nothing.
	before func(c *scored) int
	left   func(c *scored, f Finding) int

	// cost is for each finding of a counted lack, limit the most of it.
	cost, limit int
	severe      bool // the cost is multiplied by how severe the finding is
}

// costOf is what one open finding costs.
func (l *lack) costOf(f Finding) int {
	if l.severe {
		return l.cost * severityFactor[f.Severity]
	}
	return l.cost
}

// severityFactor is for findings of one rule that differ much in what they give
// away, such as capabilities.
var severityFactor = map[Severity]int{Critical: 6, High: 4, Medium: 2, Low: 1, Info: 0}

// scoreParts add up to 100. What costs a whole part is worth all of it: nothing
// else in that part matters while it stands.
var scoreParts = []scorePart{
	{"kernel calls", 20, []lack{
		{what: "The seccomp filter allows more calls than needed", rules: []string{"B014"}, before: seccompLost, left: seccompLeft,
			how: "20 without a filter; 13 under Docker's default; 7 under a profile of unknown size; under a generated one 0 to 13, by how many of the default's calls it allows"},
		{what: "The container is privileged: no filter applies", rules: []string{"B002"}, before: whenPrivileged(20), how: "20"},
	}},
	{"capabilities", 20, []lack{
		{what: "Docker's default capabilities are kept", rules: []string{"B004"}, before: defaultCapsLost, left: defaultCapsLeft,
			how: "1 for every two kept, 7 for all fourteen"},
		{what: "A dangerous capability is added", rules: []string{"B005"}, cost: 2, limit: 12, severe: true},
		{what: "A capability is added that was never used", rules: []string{"B006"}, cost: 1, limit: 3},
		{what: "Processes are root", rules: []string{"B012"}, before: rootLost, how: "4; 2 when it was seen to serve as another user"},
		{what: "Processes may gain privileges (no-new-privileges is off)", rules: []string{"B003"}, before: newPrivilegesLost, how: "4"},
		{what: "The container is privileged: it has every capability", rules: []string{"B002"}, before: whenPrivileged(20), how: "20"},
	}},
	{"writable paths", 15, []lack{
		{what: "The root file system is writable", rules: []string{"B008"}, before: rootWritableLost, how: "9"},
		{what: "A tmpfs lets programs be executed, or has no bound", rules: []string{"B009"}, cost: 1, limit: 2},
		{what: "A bind mount is writable and was only read", rules: []string{"B036"}, cost: 1, limit: 3},
		{what: "A volume is shared and writable", rules: []string{"B039"}, cost: 1, limit: 2},
	}},
	{"network peers", 15, []lack{
		{what: "The service is in the host's network", rules: []string{"B018"}, before: hostNetworkLost, how: "15"},
		{what: "Services can be reached that it does not talk to", rules: []string{"B024"}, before: peersLost, left: peersLeft,
			how: "1 for each, at most 6"},
		{what: "The outside can be reached and need not be", rules: []string{"B024", "B025", "B026"}, before: egressLost, left: egressLeft, how: "3"},
		{what: "A data store is published", rules: []string{"B022"}, cost: 3, limit: 6},
		{what: "A port is published on all interfaces", rules: []string{"B020"}, cost: 2, limit: 4},
		{what: "A port is published that nobody needs", rules: []string{"B021"}, cost: 1, limit: 3},
		{what: "Services of the host are made reachable", rules: []string{"B054"}, cost: 2, limit: 2},
		{what: "It takes requests without encryption or a password from whoever shares a network", rules: []string{"B059"}, cost: 1, limit: 2},
	}},
	{"host exposure", 15, []lack{
		{what: "The control socket of the engine is mounted: whoever has it is root on the host", rules: []string{"B001"}, cost: 15, limit: 15},
		{what: "The container is privileged: it has every device", rules: []string{"B002"}, before: whenPrivileged(15), how: "15"},
		{what: "A sensitive path of the host is mounted", rules: []string{"B035"}, cost: 4, limit: 12},
		{what: "A namespace of the host is shared", rules: []string{"B019"}, cost: 4, limit: 8},
		{what: "A device of the host is given", rules: []string{"B038"}, cost: 3, limit: 9},
		{what: "System paths of the kernel are not masked", rules: []string{"B017"}, cost: 5, limit: 5},
		{what: "AppArmor or SELinux does not confine it", rules: []string{"B015", "B016"}, cost: 3, limit: 3},
		{what: "Mounts propagate to the host, or kernel settings or control groups are its own choice", rules: []string{"B037", "B052", "B053"}, cost: 2, limit: 4},
	}},
	{"secrets", 10, []lack{
		{what: "A credential stands in the compose file", rules: []string{"B040"}, cost: 4, limit: 10},
		{what: "A credential is the default of a variable", rules: []string{"B041"}, cost: 3, limit: 6},
		{what: "A file of variables with credentials is tracked or readable by others", rules: []string{"B042"}, cost: 2, limit: 4},
		{what: "A password is weak or well known", rules: []string{"B043"}, cost: 2, limit: 4},
		{what: "A file of a secret is too open", rules: []string{"B044"}, cost: 1, limit: 2},
	}},
	{"limits", 5, []lack{
		{what: "No memory limit", rules: []string{"B028"}, before: memoryLost, how: "2"},
		{what: "No CPU limit", rules: []string{"B029"}, before: cpuLost, how: "1"},
		{what: "No limit of processes", rules: []string{"B030"}, before: pidsLost, how: "1"},
		{what: "No limit of open files", rules: []string{"B031"}, cost: 1, limit: 1},
	}},
}
