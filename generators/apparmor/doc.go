// Package apparmor writes the smallest AppArmor profile under which a service still
// does what it was seen to do.
//
// [Generate] makes the profile of a recorded one: an allow-list of paths, programs,
// capabilities, sockets, signals and mounts, complete in itself, so that it compiles
// on a host without any of AppArmor's own files. [Default] is docker-default to
// compare with. [Check] compiles a profile with apparmor_parser where that is
// installed; it is the only function here that does more than compute.
//
// Invariants. Same input, same bytes. Every rule stands for recorded rows or is one
// of the few of [GroupInherited], [GroupSignals] and [GroupPtrace] that each
// container gets. Names that a traced program chose are written in one canonical
// quoted form or refused: none can end a rule, a comment, or add a line. A wildcard
// never crosses a folder, and there is no deny rule: what no rule allows is denied.
//
// The profile is entered at exec, so what the runtime does before is judged by the
// runtime's own profile and has no rule here, not even in the detached procfs of
// newer runc ("/", "/1/…"). Those forms get rules only when the service itself used
// them; the flag attach_disconnected gives them their names.
package apparmor
