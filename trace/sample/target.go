package sample

// Target is one process tree or container to follow.
type Target struct {
	// Key tells targets apart; the caller chooses it.
	Key string
	// PID is the first process: of the container, or of the tree.
	PID int
	// Group follows the control group that the process is in, as that of a
	// container; otherwise its descendants are followed.
	Group bool
	// SharedNetwork tells that others, who are not part of the target, are in its
	// network namespace: then only sockets that its processes hold open are its own.
	SharedNetwork bool
}
