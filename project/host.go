package project

// Host is what is known of the machine and the engine that the project is to run
// on. The zero value means that nobody looked.
type Host struct {
	Known      bool
	Engine     string // version of the engine, "20.10.24"; "" when none answered
	ComposeV1  bool   // docker-compose 1.x is the compose program that was found
	Compose    string // its version; "" without one
	AppArmor   bool   // the engine says that it confines with AppArmor
	SELinux    bool
	Swarm      bool // this node is part of a swarm
	UserRemap  bool // the daemon maps root to another user
	NoNewPrivs bool // the daemon sets no-new-privileges for every container
	// LogLimited tells that the daemon bounds every container's log.
	LogLimited bool
	// Subnets are those that networks of the engine and routes of the machine use,
	// in CIDR form, sorted.
	Subnets []string
	// FreeNetworks is how many more networks the engine's address pools hold; -1
	// when that is not known.
	FreeNetworks int
}
