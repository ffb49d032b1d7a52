package ebpf

import "batten/trace"

// Stall keeps the reader of events from reading while f runs, as a machine does
// on which batten gets no time.
func Stall(s trace.Session, f func()) {
	s.(*session).mu.Lock()
	defer s.(*session).mu.Unlock()
	f()
}
