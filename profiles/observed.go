package profiles

// File is one path that a service touched, as its processes see it.
type File struct {
	Path   string   `json:"path"` // absolute, links resolved
	Folder bool     `json:"folder,omitempty"`
	Access []Access `json:"access"` // sorted, distinct
	// Mount is what the path lies on; "" when that is not known.
	Mount MountKind `json:"mount,omitempty"`
	First *Origin   `json:"first,omitempty"`
	Runs  int       `json:"runs"`
}

// Access is a way of touching a file.
type Access string

const (
	AccessCreate Access = "create"
	AccessWrite  Access = "write" // content, or an attribute
	AccessRemove Access = "remove"
)

// MountKind is what a path lies on.
type MountKind string

const (
	MountRoot   MountKind = "root" // the container's own layer: what read_only takes away
	MountBind   MountKind = "bind"
	MountVolume MountKind = "volume"
	MountTmpfs  MountKind = "tmpfs"
)

// Socket is a port that a service listened on, or a peer that it reached.
type Socket struct {
	Use      SocketUse `json:"use"`
	Protocol string    `json:"protocol"` // "tcp" or "udp"
	// Address is the address that is listened on, or the peer's. For a peer of the
	// same project it is "" and Peer names the service.
	Address string `json:"address,omitempty"`
	Peer    string `json:"peer,omitempty"`
	Port    int    `json:"port"` // listened on, or the peer's
	Runs    int    `json:"runs"`
}

// SocketUse is what a socket is used for.
type SocketUse string

const (
	SocketListen  SocketUse = "listen"
	SocketConnect SocketUse = "connect"
)

// Identity is a user that processes of a service ran as.
type Identity struct {
	UID     int     `json:"uid"` // as the service sees it
	GID     int     `json:"gid"`
	Program string  `json:"program,omitempty"` // one that ran so
	Phases  []Phase `json:"phases"`
	Runs    int     `json:"runs"`
}

// Resources are the largest amounts that were seen in any run.
type Resources struct {
	MemoryBytes uint64 `json:"memoryBytes"` // of the whole service, without reclaimable cache where the kernel tells
	Processes   uint64 `json:"processes"`   // processes and threads at once
	OpenFiles   uint64 `json:"openFiles"`   // of one process
	MilliCPU    uint64 `json:"milliCpu"`    // a thousandth of one processor, over one second
}
