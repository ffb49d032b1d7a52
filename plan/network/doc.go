// Package network finds out who talks to whom in a project, and divides the project
// into networks on which only those meet who have to.
//
// Invariants. Pure, like package plan. What is read (environments, commands,
// configuration files) is hostile and may hold secrets: evidence names the place in
// which a service is named and never quotes the value. Whoever reaches a service
// today and has an edge to it reaches it after the division, under every name that
// it had. Time grows with the size of the texts and the number of edges, not with
// the number of pairs of services.
package network
