package plan

import (
	"batten/profiles"
	"batten/project"
)

// Facts is everything that rules may look at.
type Facts struct {
	Project *project.Project
	// Profiles are the merged recordings, by service.
	Profiles map[string]*profiles.Profile
	Target   Target
	// Folder is where batten's files go, relative to the project's folder:
	// "hardened".
	Folder string
	// Policies are the seccomp profiles that are generated, by service: the path of
	// the file relative to the project's folder and how many calls it allows.
	Policies map[string]Policy
	// AppArmor are the names of the profiles that exist for services, by service.
	AppArmor map[string]string
	// AppArmorLacks says of services why their profile would refuse what the plan makes
	// them do.
	AppArmorLacks map[string]string
	// AppArmorWanted names profiles also where the engine does not say that it confines
	// with AppArmor.
	AppArmorWanted bool
	// Edges are who talks to whom, as package plan/network infers it.
	Edges []Edge
	// EnvFiles are the files that services and interpolation read variables from.
	EnvFiles []EnvFile
}

// Policy is a seccomp profile that is generated beside the compose file.
type Policy struct {
	Path    string // relative to the project's folder
	Allowed int    // calls that it allows
	Docker  int    // calls that Docker's default allows
}

// EnvFile is a file of variables that the project refers to.
type EnvFile struct {
	Path    string // relative to the project's folder where it is inside
	Service string // "" for the .env of interpolation
	Mode    uint32
	Tracked bool     // git tracks it
	Secret  []string // names of variables in it that look like credentials
}

// Target is what the hardened file is to be started with.
type Target string

const (
	TargetCompose Target = "compose" // docker-compose 1.29, Compose v2 and a stack accept it
	TargetSwarm   Target = "swarm"   // adapted to what docker stack deploy ignores
)

// Draft is what a rule sees: the facts, what the user wants, and what rules before
// it have decided.
type Draft struct {
	Facts
	Settings Settings
	applied  map[subject]bool // findings whose fix is applied, and their services with key ""
	memo     map[any]any
}

// Memo is what make gives, made once for a draft: what several rules find out from
// the facts alone. Keys are of types of the packages that use them.
func (d *Draft) Memo(key any, make func() any) any {
	v, ok := d.memo[key]
	if !ok {
		if v = make(); d.memo == nil {
			d.memo = map[any]any{}
		}
		d.memo[key] = v
	}
	return v
}

// subject is what [Draft.Applied] asks about.
type subject struct{ rule, service, key string }

func (d *Draft) note(one Decision) {
	if f := one.Finding; one.Apply {
		d.applied[subject{f.Rule, f.Service, f.Key}] = true
		d.applied[subject{f.Rule, f.Service, ""}] = true
	}
}

// Applied tells whether an earlier rule's fix is applied to a service; key "" means
// any of its findings.
func (d *Draft) Applied(rule, service, key string) bool {
	return d.applied[subject{rule, service, key}]
}

// Value is what the user chose for a finding in batten.yaml, "" for nothing.
func (d *Draft) Value(rule, service, key string) string {
	v, _ := d.Settings.value(rule, service, key)
	return v
}

// Profile is the recording of a service, nil without one.
func (d *Draft) Profile(service string) *profiles.Profile { return d.Profiles[service] }

// MeasureCommand is the command that records a service.
func MeasureCommand(service string) string { return "batten trace " + service }
