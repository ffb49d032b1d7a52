package ebpf

import "batten/profiles"

// Ways of handling a call, as in the programs.
const (
	opOpen = 1 + iota
	opOpenHow
	opName
	opFollow
	opRename
	opLink
	opFD
	opFlock
	opFcntl
	opMmap
	opMprotect
	opBind
	opConnect
	opListen
	opSendto
	opSendmsg
	opSendmmsg
	opKill
	opPtrace
	opMount
	opUmount
	opExec
	opSymlink
)

// Bits of accesses, as in the programs.
const (
	bitRead = 1 << iota
	bitCreate
	bitWrite
	bitAppend
	bitTruncate
	bitRemove
	bitRename
	bitReplace
	bitLink
	bitSymlink
	bitChmod
	bitChown
	bitLock
	bitExclusive
	bitMap
	bitExecute
	bitBind
	bitConnect
	bitFolder = 1 << 31
)

// accessNames are the names of the bits, in their order.
var accessNames = [...]profiles.Access{
	profiles.AccessRead, profiles.AccessCreate, profiles.AccessWrite, profiles.AccessAppend, profiles.AccessTruncate,
	profiles.AccessRemove, profiles.AccessRename, profiles.AccessReplace, profiles.AccessLink, profiles.AccessSymlink,
	profiles.AccessChmod, profiles.AccessChown, profiles.AccessLock, profiles.AccessLockOnly, profiles.AccessMap,
	profiles.AccessExecute, profiles.AccessBind, profiles.AccessConnect,
}

// fileCall is what a call does, and where its arguments are. Arguments count from 0
// in at and from 1 elsewhere, where 0 means that there is none.
type fileCall struct {
	op, folder, at, flags uint8
	access                uint32 // for opOpen: flags that the call implies
}

// O_CREAT|O_WRONLY|O_TRUNC
const creatFlags = 0o1101

var fileCalls = map[string]fileCall{
	"open":    {op: opOpen, flags: 2},
	"creat":   {op: opOpen, access: creatFlags},
	"openat":  {op: opOpen, folder: 1, at: 1, flags: 3},
	"openat2": {op: opOpenHow, folder: 1, at: 1},

	"mkdir":     {op: opName, access: bitCreate | bitFolder},
	"mkdirat":   {op: opName, folder: 1, at: 1, access: bitCreate | bitFolder},
	"mknod":     {op: opName, access: bitCreate},
	"mknodat":   {op: opName, folder: 1, at: 1, access: bitCreate},
	"unlink":    {op: opName, access: bitRemove},
	"unlinkat":  {op: opName, folder: 1, at: 1, flags: 3, access: bitRemove},
	"rmdir":     {op: opName, access: bitRemove | bitFolder},
	"symlink":   {op: opSymlink, at: 1, access: bitSymlink},
	"symlinkat": {op: opSymlink, folder: 2, at: 2, access: bitSymlink},
	"rename":    {op: opRename},
	"renameat":  {op: opRename, folder: 1},
	"renameat2": {op: opRename, folder: 1, flags: 5},
	"link":      {op: opLink},
	"linkat":    {op: opLink, folder: 1, flags: 5},

	"truncate":  {op: opFollow, access: bitTruncate},
	"ftruncate": {op: opFD, access: bitTruncate},
	"chmod":     {op: opFollow, access: bitChmod},
	"fchmod":    {op: opFD, access: bitChmod},
	"fchmodat":  {op: opFollow, folder: 1, at: 1, access: bitChmod},
	"fchmodat2": {op: opFollow, folder: 1, at: 1, flags: 4, access: bitChmod},
	"chown":     {op: opFollow, access: bitChown},
	"lchown":    {op: opName, access: bitChown},
	"fchown":    {op: opFD, access: bitChown},
	"fchownat":  {op: opFollow, folder: 1, at: 1, flags: 5, access: bitChown},

	"flock":         {op: opFlock},
	"fcntl":         {op: opFcntl},
	"mmap":          {op: opMmap},
	"mprotect":      {op: opMprotect},
	"pkey_mprotect": {op: opMprotect},

	"bind":     {op: opBind},
	"connect":  {op: opConnect},
	"listen":   {op: opListen},
	"sendto":   {op: opSendto},
	"sendmsg":  {op: opSendmsg},
	"sendmmsg": {op: opSendmmsg},

	"execve":   {op: opExec, access: bitExecute},
	"execveat": {op: opExec, folder: 1, at: 1, flags: 5, access: bitExecute},

	"kill":              {op: opKill, at: 1},
	"tkill":             {op: opKill, at: 1},
	"tgkill":            {op: opKill, at: 2},
	"rt_sigqueueinfo":   {op: opKill, at: 1},
	"pidfd_send_signal": {op: opKill, at: 1},
	"ptrace":            {op: opPtrace},
	"mount":             {op: opMount},
	"umount2":           {op: opUmount},
}

// fileSpec is a fileCall as the programs read it: struct file_spec of shared.h.
type fileSpec struct {
	Op, Folder, At, Flags uint8
	Access                uint32
}

// fileTable is the table by call number.
func fileTable(arch profiles.Arch) (table [maxNumber]fileSpec) {
	for name, c := range fileCalls {
		if nr, ok := profiles.SyscallNumber(arch, name); ok && nr < maxNumber {
			table[nr] = fileSpec{c.op, c.folder, c.at, c.flags, c.access}
		}
	}
	return table
}
