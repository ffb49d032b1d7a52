package engine

import (
	"slices"

	"batten/profiles"
)

// FileCounts are distinct things that a service and commands executed into it used,
// without what the runtime did.
type FileCounts struct {
	How      []profiles.FileTracing `json:"how"`      // sorted
	Read     int                    `json:"read"`     // paths that were read, and not changed
	Written  int                    `json:"written"`  // paths that were changed
	Executed int                    `json:"executed"` // programs
	Mapped   int                    `json:"mapped"`   // libraries
	Programs int                    `json:"programs"` // that used any
	Listens  int                    `json:"listens"`  // ports and names
	Peers    int                    `json:"peers"`    // services and addresses that were connected to
	Signals  int                    `json:"signals"`  // kinds of signals that were sent
	Mounts   int                    `json:"mounts,omitempty"`
	// Lost are things that are missing from the lists, Guessed paths whose links could
	// not be followed.
	Lost    uint64 `json:"lost,omitempty"`
	Guessed uint64 `json:"guessed,omitempty"`
}

// fileUse is the most that was done with a path.
type fileUse int

const (
	usedOtherwise fileUse = iota // locked, connected to
	usedRead
	usedMapped
	usedExecuted
	usedChanged
)

func useOf(f profiles.File) fileUse {
	switch {
	case f.Changes():
		return usedChanged
	case slices.Contains(f.Access, profiles.AccessExecute):
		return usedExecuted
	case slices.Contains(f.Access, profiles.AccessMap):
		return usedMapped
	case slices.Contains(f.Access, profiles.AccessRead):
		return usedRead
	}
	return usedOtherwise
}

// usesOf are the paths that a service used, with the most that was done with each.
func usesOf(p profiles.Profile) map[string]fileUse {
	out := map[string]fileUse{}
	for _, f := range p.Files {
		if f.OfService() {
			out[f.Path] = max(out[f.Path], useOf(f))
		}
	}
	return out
}

func countFiles(p profiles.Profile) *FileCounts {
	if !p.SeesFiles() {
		return nil
	}
	c := &FileCounts{Lost: p.Loss.Paths, Guessed: p.Loss.Guessed}
	for _, r := range p.Runs {
		if r.SeesFiles() && !slices.Contains(c.How, r.Files) {
			c.How = append(c.How, r.Files)
		}
	}
	slices.Sort(c.How)
	for _, use := range usesOf(p) {
		switch use {
		case usedRead:
			c.Read++
		case usedMapped:
			c.Mapped++
		case usedExecuted:
			c.Executed++
		case usedChanged:
			c.Written++
		}
	}
	programs, listens, peers, signals := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, f := range p.Files {
		if f.OfService() && f.Program != "" {
			programs[f.Program] = true
		}
	}
	for _, s := range p.Sockets {
		switch {
		case s.Part == profiles.PartRuntime:
		case s.Use == profiles.SocketListen:
			listens[s.String()] = true
		default:
			peers[s.Peer+"\x00"+s.Address+"\x00"+s.Name] = true
		}
	}
	for _, x := range p.Contacts {
		if x.Kind == profiles.ContactSignal && x.Part != profiles.PartRuntime {
			signals[x.Signal+" "+x.Peer] = true
		}
	}
	for _, m := range p.Mounts {
		if m.Part != profiles.PartRuntime {
			c.Mounts++
		}
	}
	c.Programs, c.Listens, c.Peers, c.Signals = len(programs), len(listens), len(peers), len(signals)
	return c
}
