package profiles

import "slices"

// File is one path that one program of a service touched, as its processes see it.
// Rows with a Part were seen by a tracer as they happened; rows without one were
// found afterwards, by comparing what the container's layer holds.
type File struct {
	// Path is absolute, with links resolved: where the kernel ended up, which is what
	// AppArmor judges.
	Path   string   `json:"path"`
	Folder bool     `json:"folder,omitempty"`
	Access []Access `json:"access"` // sorted, distinct
	// Target is set for a new hard link: the name that the file had before.
	Target string `json:"target,omitempty"`
	// Mount is what the path lies on; "" when that is not known.
	Mount MountKind `json:"mount,omitempty"`
	Kind  FileKind  `json:"kind,omitempty"`
	// Device is "major:minor" of a device.
	Device string `json:"device,omitempty"`
	// Program is the file that was executing when it was touched; "" when unknown.
	Program string  `json:"program,omitempty"`
	Part    Part    `json:"part,omitempty"`
	Entry   string  `json:"entry,omitempty"` // set for PartExec
	Phases  []Phase `json:"phases,omitempty"`
	First   *Origin `json:"first,omitempty"`
	Runs    int     `json:"runs"`
}

// Access is a way of touching a file. Attempts that failed count only where the
// outcome would be another one if a security module had refused them.
type Access string

const (
	AccessRead     Access = "read" // content; of a folder: its list of names
	AccessCreate   Access = "create"
	AccessWrite    Access = "write"  // content; of a row without a Part also an attribute
	AccessAppend   Access = "append" // opened for appending alone
	AccessTruncate Access = "truncate"
	AccessRemove   Access = "remove"
	AccessRename   Access = "rename"  // it lost this name to another
	AccessReplace  Access = "replace" // it got this name from another, or a file already there was replaced
	AccessLink     Access = "link"    // a hard link of this name was made; see Target
	AccessSymlink  Access = "symlink" // a symbolic link of this name was made
	AccessChmod    Access = "chmod"
	AccessChown    Access = "chown"
	AccessLock     Access = "lock"      // shared, or not known which
	AccessLockOnly Access = "exclusive" // locked against all others
	AccessMap      Access = "map"       // mapped executable
	AccessExecute  Access = "execute"
	AccessBind     Access = "bind"    // a Unix socket was made
	AccessConnect  Access = "connect" // a Unix socket was connected to
)

// Changes tells whether an access changes the file system: what a read-only one
// refuses. Connecting to a socket there is allowed.
func (a Access) Changes() bool {
	switch a {
	case AccessCreate, AccessWrite, AccessAppend, AccessTruncate, AccessRemove, AccessRename, AccessReplace,
		AccessLink, AccessSymlink, AccessChmod, AccessChown, AccessBind:
		return true
	}
	return false
}

// Changes tells whether a row says that a service changed the path.
func (f File) Changes() bool { return slices.ContainsFunc(f.Access, Access.Changes) }

// FileKind is what a path names besides regular files and folders.
type FileKind string

const (
	FileChar   FileKind = "char" // a character device
	FileBlock  FileKind = "block"
	FileFIFO   FileKind = "fifo"
	FileSocket FileKind = "socket"
)

// MountKind is what a path lies on.
type MountKind string

const (
	MountRoot   MountKind = "root" // the container's own layer: what read_only takes away
	MountBind   MountKind = "bind"
	MountVolume MountKind = "volume"
	MountTmpfs  MountKind = "tmpfs"
	MountProc   MountKind = "proc"   // procfs
	MountSys    MountKind = "sys"    // sysfs and cgroup file systems
	MountDevice MountKind = "device" // the engine's /dev, with what it mounts there
)

// Socket is a port that a service listened on, or a peer that it reached.
type Socket struct {
	Use      SocketUse `json:"use"`
	Protocol string    `json:"protocol"` // "tcp", "udp", or "unix" for names that are no path
	// Address is the address that is listened on, or the peer's. For a peer of the
	// same project it is "" and Peer names the service.
	Address string `json:"address,omitempty"`
	Peer    string `json:"peer,omitempty"`
	Port    int    `json:"port"` // listened on, or the peer's; 0 for "unix"
	// Name is the abstract name of a Unix socket, without the NUL byte before it.
	Name string `json:"name,omitempty"`
	// Programs used it; empty when that is not known. Sorted, distinct.
	Programs []string `json:"programs,omitempty"`
	Part     Part     `json:"part,omitempty"` // "" when it was sampled from outside
	Entry    string   `json:"entry,omitempty"`
	First    *Origin  `json:"first,omitempty"`
	Runs     int      `json:"runs"`
}

// SocketUse is what a socket is used for.
type SocketUse string

const (
	SocketListen  SocketUse = "listen"
	SocketConnect SocketUse = "connect"
)

// Contact is what a service did to a process: it sent a signal, or traced it.
type Contact struct {
	Kind ContactKind `json:"kind"`
	// Signal is the name of a signal, "TERM"; "RT3" is number 35, three above the first
	// real-time signal of the kernel, which AppArmor calls rtmin+3; "EXISTS" the question whether the process exists. Only of ContactSignal.
	Signal string `json:"signal,omitempty"`
	// Peer is "" for processes of the same service, else the name of another one, or
	// [Outside].
	Peer    string  `json:"peer,omitempty"`
	Program string  `json:"program,omitempty"` // that did it
	Part    Part    `json:"part"`
	Entry   string  `json:"entry,omitempty"`
	First   *Origin `json:"first,omitempty"`
	Runs    int     `json:"runs"`
}

// Outside is the peer of a contact with a process that is of no traced service.
const Outside = "outside"

// ContactKind is a way of reaching for a process.
type ContactKind string

const (
	ContactSignal ContactKind = "signal"
	ContactPtrace ContactKind = "ptrace"
)

// Mount is one mount(2), or one call of the newer interface, that succeeded.
type Mount struct {
	Operation string   `json:"operation"` // "mount", "bind", "remount", "move", "propagation", "umount", "pivot_root"
	Type      string   `json:"type,omitempty"`
	Source    string   `json:"source,omitempty"` // as given
	Path      string   `json:"path"`             // where, links resolved
	Options   []string `json:"options,omitempty"`
	Program   string   `json:"program,omitempty"`
	Part      Part     `json:"part"`
	Entry     string   `json:"entry,omitempty"`
	First     *Origin  `json:"first,omitempty"`
	Runs      int      `json:"runs"`
}

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
