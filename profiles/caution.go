package profiles

// cautions are calls that ordinary programs need and that are no protection to
// refuse, and of which an "ordinary call" would still be too little to say.
var cautions = map[string]string{
	"chown":      "gives files to other users and groups, as far as CAP_CHOWN allows",
	"chown32":    "gives files to other users and groups, as far as CAP_CHOWN allows",
	"clone":      "also makes new namespaces, unless a filter judges its flags",
	"clone3":     "its flags lie in memory, where no filter sees them: allowed, it makes new namespaces too",
	"execve":     "starts any program that can be reached; no filter sees which",
	"execveat":   "starts any program that can be reached, files that exist only in memory too; no filter sees which",
	"fchown":     "gives files to other users and groups, as far as CAP_CHOWN allows",
	"fchown32":   "gives files to other users and groups, as far as CAP_CHOWN allows",
	"fchownat":   "gives files to other users and groups, as far as CAP_CHOWN allows",
	"ioctl":      "reaches every device driver behind an open file, unless a filter judges its requests",
	"lchown":     "gives files to other users and groups, as far as CAP_CHOWN allows",
	"lchown32":   "gives files to other users and groups, as far as CAP_CHOWN allows",
	"prctl":      "changes many settings of the process, unless a filter judges its options",
	"seccomp":    "adds filters for the process itself; it can take none away",
	"socket":     "opens every protocol that the kernel has, unless a filter judges its families",
	"socketcall": "serves all calls on sockets, with arguments in memory where no filter sees them",
	"socketpair": "opens every protocol that makes pairs, unless a filter judges its families",
}

// Caution says in one line what matters about a call that is not security-relevant
// by itself (see [Security]) and yet more than an ordinary one: its reach depends
// on arguments or capabilities. It is false for all others.
func Caution(name string) (string, bool) {
	text, ok := cautions[name]
	return text, ok
}
