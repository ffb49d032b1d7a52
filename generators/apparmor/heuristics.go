package apparmor

import (
	"regexp"
	"strings"
)

// place is a segment of a path, with what its heuristic may look at.
type place struct {
	folder string // the folder that it is in; "" for "/". Generalised segments stand as the rule spells them.
	name   string
	mapped bool // it is a file that was mapped executable, and never changed
	proc   bool // it lies on procfs
	gone   bool // the service made it and gave the name up: removed it, or gave it another
	hashes bool // it is a folder with nothing below it but files named by hashes
}

// heuristic is one kind of name that is known to change.
type heuristic struct {
	name string // what the wildcard stands for, for people
	// always generalises also what was the same in all runs.
	always bool
	// anywhere generalises in sensitive folders too.
	anywhere bool
	apply    func(place) (segment, bool)
}

// heuristics are tried in this order; the first that fits counts.
var heuristics = []heuristic{
	{"the number of a process", true, true, processNumber},
	{"the number of a thread", true, true, threadNumber},
	{"the number of an open file", true, true, openFile},
	{"the number of a terminal", true, true, terminalNumber},
	{"the date at which Kubernetes wrote a volume", true, true, kubernetesDate},
	{"the version of a library", true, false, libraryVersion},
	{"a UUID", false, false, uuid},
	{"a compiled Python module", false, false, pycache},
	{"the number or date of a rotated log", false, false, rotatedLog},
	{"a hash", false, false, hexHash},
	{"a level of a cache", false, false, cacheLevel},
	{"the random part of a temporary name", false, false, temporary},
	{"the inode of a nameless file", true, false, nameless},
	{"the number in a temporary name", true, false, numberedTemporary},
	{"a number in a name that was given up", false, false, numberedPassing},
	{"a number", false, false, longNumber},
}

// generalise applies the first heuristic that fits.
func generalise(p place, always bool) (segment, heuristic, bool) {
	// On procfs the kernel chooses the names, and only processes come and go.
	guarded := sensitiveName(p.name) || sensitiveFolder(p.folder) || p.folder == "/proc"
	for _, h := range heuristics {
		if always && !h.always || guarded && !h.anywhere {
			continue
		}
		if s, ok := h.apply(p); ok {
			return s.tidy(), h, true
		}
	}
	return nil, heuristic{}, false
}

var (
	pidName   = regexp.MustCompile(`\A[1-9][0-9]{0,6}\z`)
	digitName = regexp.MustCompile(`\A[0-9]{1,10}\z`)
	procPID   = "/proc/" + class{kind: classPID}.text()
)

func wild(c class) segment { return segment{{class: c}} }

func processNumber(p place) (segment, bool) {
	// A detached procfs has its processes at the top.
	top := p.folder == "/proc" || p.folder == "" && p.proc
	return wild(class{kind: classPID}), top && pidName.MatchString(p.name)
}

func threadNumber(p place) (segment, bool) {
	return wild(class{kind: classPID}), p.folder == procPID+"/task" && pidName.MatchString(p.name)
}

func openFile(p place) (segment, bool) {
	rest, ok := strings.CutPrefix(p.folder, procPID)
	if rest != "" {
		rest = strings.TrimPrefix(rest, "/task/"+class{kind: classPID}.text())
	}
	return wild(number(0)), ok && (rest == "/fd" || rest == "/fdinfo") && digitName.MatchString(p.name)
}

func terminalNumber(p place) (segment, bool) {
	return wild(number(0)), p.folder == "/dev/pts" && digitName.MatchString(p.name)
}

var datePattern = regexp.MustCompile(`\A\.\.[0-9]{4}(_[0-9]{2}){5}\.[0-9]{1,10}\z`)

func kubernetesDate(p place) (segment, bool) {
	two := class{kind: classFixed, set: setDigit, n: 2}
	s := segment{{text: ".."}, {class: fixed(setDigit, 4)}}
	for range 5 {
		s = append(s, piece{text: "_"}, piece{class: two})
	}
	return append(s, piece{text: "."}, piece{class: number(0)}), datePattern.MatchString(p.name)
}

var (
	soname    = regexp.MustCompile(`\A(.+\.so\.[0-9]{1,9})((?:\.[0-9]{1,9}){0,3})\z`)
	soversion = regexp.MustCompile(`\A((?:lib.+|ld)-)([0-9]{1,9}(?:\.[0-9]{1,9}){1,3})(\.so)\z`)
)

// libraryVersion keeps the number that tells what a program is linked to and frees
// the ones after it, which an update of the image changes.
func libraryVersion(p place) (segment, bool) {
	if !p.mapped {
		return nil, false
	}
	if m := soname.FindStringSubmatch(p.name); m != nil {
		return segment{{text: m[1]}, {class: class{kind: classVersion}}}, true
	}
	m := soversion.FindStringSubmatch(p.name)
	if m == nil {
		return nil, false
	}
	s := segment{{text: m[1]}}
	for i := range strings.Count(m[2], ".") + 1 {
		if i > 0 {
			s = append(s, piece{text: "."})
		}
		s = append(s, piece{class: number(0)})
	}
	return append(s, piece{text: m[3]}), true
}

var uuidPattern = regexp.MustCompile(`(?:\A|[^0-9A-Za-z])([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12})(?:\z|[^0-9A-Za-z])`)

func uuid(p place) (segment, bool) {
	m := uuidPattern.FindStringSubmatchIndex(p.name)
	if m == nil {
		return nil, false
	}
	kind := setHex
	if !setHex.holds(strings.ReplaceAll(p.name[m[2]:m[3]], "-", "")) {
		kind = setHexUpper
	}
	s := segment{{text: p.name[:m[2]]}}
	for i, n := range []int{8, 4, 4, 4, 12} {
		if i > 0 {
			s = append(s, piece{text: "-"})
		}
		s = append(s, piece{class: fixed(kind, n)})
	}
	return append(s, piece{text: p.name[m[3]:]}), true
}

var pycPattern = regexp.MustCompile(`\A(.+\.[a-z]+-)([0-9]{2,4})(\.(?:opt-[12]\.)?pyc)(?:(\.)([0-9]{1,20}))?\z`)

// pycache frees the version of the interpreter, and the number under which it writes
// before it renames.
func pycache(p place) (segment, bool) {
	m := pycPattern.FindStringSubmatch(p.name)
	if m == nil || !strings.HasSuffix(p.folder, "/__pycache__") {
		return nil, false
	}
	s := segment{{text: m[1]}, {class: number(0)}, {text: m[3]}}
	if m[4] != "" {
		s = append(s, piece{text: m[4]}, piece{class: number(longDigits)})
	}
	return s, true
}

var logPattern = regexp.MustCompile(`\A(.*?log.*?[._-])([0-9]{1,3}|[0-9]{4}-?[0-9]{2}-?[0-9]{2}|[0-9]{10})((?:\.log)?(?:\.(?:gz|xz|zst|bz2))?)\z`)

func rotatedLog(p place) (segment, bool) {
	m := logPattern.FindStringSubmatch(p.name)
	if m == nil {
		return nil, false
	}
	s := segment{{text: m[1]}}
	if strings.Contains(m[2], "-") {
		s = append(s, piece{class: fixed(setDigit, 4)}, piece{text: "-"}, piece{class: fixed(setDigit, 2)},
			piece{text: "-"}, piece{class: fixed(setDigit, 2)})
	} else {
		s = append(s, piece{class: number(0)})
	}
	return append(s, piece{text: m[3]}), true
}
