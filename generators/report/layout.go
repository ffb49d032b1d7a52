package report

// Layout is who shares a network with whom.
type Layout struct {
	Networks  []Net
	Published []Published
	// Apart are services on no network of the project: in the host's, in another
	// container's, or in none.
	Apart []Apart
}

// Net is a network and the services on it.
type Net struct {
	Name     string
	Internal bool // has no way out
	External bool // belongs to nobody in this project
	Subnet   string
	Members  []string
}

// Published is a port through which a service is reached from outside.
type Published struct {
	Service string
	Address string // "" is all interfaces
	Host    string // port or range on the host, "" for one that the engine chooses
	Target  string // port of the service, with "/udp" unless TCP
}

// Apart is a service with a network mode of its own.
type Apart struct{ Service, Mode string }
