package apparmor

import (
	"regexp"
	"strings"
)

// longest is the longest stretch that is written out as a class.
const longest = 128

var hexPattern = regexp.MustCompile(`(?:\A|[^0-9A-Za-z])([0-9a-f]{32,128}|[0-9A-F]{32,128})(?:\z|[^0-9A-Za-z])`)

func hexHash(p place) (segment, bool) {
	m := hexPattern.FindStringSubmatchIndex(p.name)
	if m == nil {
		return nil, false
	}
	hash := p.name[m[2]:m[3]]
	return segment{{text: p.name[:m[2]]}, {class: tightest(hash)}, {text: p.name[m[3]:]}}, true
}

// longHex is the name of a file in a store by hash; git cuts two digits off.
var longHex = regexp.MustCompile(`\A[0-9a-f]{30,128}\z`)

// cacheLevel knows the folders into which such stores are cut: one to three digits.
func cacheLevel(p place) (segment, bool) {
	return wild(fixed(setHex, len(p.name))), p.hashes && len(p.name) <= 3 && setHex.holds(p.name)
}

// tightest is the class of the length of some hexadecimal digits. One hash may hold
// digits alone by chance; the next does not.
func tightest(hash string) class {
	if setHex.holds(hash) {
		return fixed(setHex, len(hash))
	}
	return fixed(setHexUpper, len(hash))
}

var (
	mkstempPattern = regexp.MustCompile(`\A(.*[._~#-]|tmp|temp|\.)([0-9A-Za-z]{6})(\.[a-z]{1,5})?\z`)
	pythonPattern  = regexp.MustCompile(`\A(tmp)([0-9a-z_]{8})((?:[._-].*)?)\z`)
)

// temporary knows the names of mkstemp(3), which ends a stable prefix with six
// letters and digits, and of Python's tempfile, which has eight after "tmp".
func temporary(p place) (segment, bool) {
	if m := mkstempPattern.FindStringSubmatch(p.name); m != nil && looksRandom(m[2]) {
		return segment{{text: m[1]}, {class: fixed(setRandom, 6)}, {text: m[3]}}, true
	}
	if m := pythonPattern.FindStringSubmatch(p.name); m != nil && looksRandom(m[2]) {
		return segment{{text: m[1]}, {class: fixed(setTemp, 8)}, {text: m[3]}}, true
	}
	return nil, false
}

var numberedPattern = regexp.MustCompile(`\A((?:.*[._-])?(?:temp|tmp)[._-]?)([0-9]{1,10})((?:\.[A-Za-z][A-Za-z0-9]{0,9})?)\z`)

// numberedTemporary knows temporary names with the number of the process that made
// them, such as Redis's temp-15.rdb: it differs whenever the service starts anew, and
// may be the same in two recordings by chance.
func numberedTemporary(p place) (segment, bool) {
	m := numberedPattern.FindStringSubmatch(p.name)
	if m == nil {
		return nil, false
	}
	return segment{{text: m[1]}, {class: number(0)}, {text: m[3]}}, true
}

// numberedPassing knows names that the service made and gave up again, such as
// PostgreSQL's pg_internal.init.54, with the number of the process that did.
func numberedPassing(p place) (segment, bool) {
	if !p.gone {
		return nil, false
	}
	var s segment
	at := 0
	for range 2 { // a process, and the number of its file
		m := delimitedNumber.FindStringSubmatchIndex(p.name[max(at-1, 0):])
		if m == nil {
			break
		}
		from, to := max(at-1, 0)+m[2], max(at-1, 0)+m[3]
		s = append(s, piece{text: p.name[at:from]}, piece{class: number(0)})
		at = to
	}
	return append(s, piece{text: p.name[at:]}), at > 0
}

// delimitedNumber is a number that ends a word, after a letter or a separator.
var delimitedNumber = regexp.MustCompile(`[A-Za-z._-]([0-9]{1,10})(?:\z|[._-])`)

var namelessPattern = regexp.MustCompile(`\A#[0-9]{1,20}\z`)

// nameless knows what the kernel calls a file that was opened without a name
// (O_TMPFILE).
func nameless(p place) (segment, bool) {
	return segment{{text: "#"}, {class: number(0)}}, namelessPattern.MatchString(p.name)
}

// looksRandom tells letters and digits that no person would have chosen: digits
// among letters, or capitals within. A number alone is a number.
func looksRandom(s string) bool {
	digits, letters := strings.ContainsAny(s, "0123456789"), strings.ContainsAny(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz")
	if !letters {
		return false
	}
	if digits && strings.Trim(s, "0123456789") != "" {
		// "part01" and "4files" are chosen.
		inner := strings.TrimRight(s, "0123456789")
		return strings.ContainsAny(inner, "0123456789") && strings.ContainsAny(strings.TrimLeft(s, "0123456789"), "0123456789") ||
			mixed(s)
	}
	return mixed(s)
}

// mixed tells whether capitals follow small letters.
func mixed(s string) bool {
	for i := 1; i < len(s); i++ {
		if s[i] >= 'A' && s[i] <= 'Z' && s[i-1] >= 'a' && s[i-1] <= 'z' {
			return true
		}
	}
	return false
}

var numberPattern = regexp.MustCompile(`(?:\A|[^0-9A-Za-z])([0-9]{6,20})(?:\z|[^0-9A-Za-z])`)

func longNumber(p place) (segment, bool) {
	m := numberPattern.FindStringSubmatchIndex(p.name)
	if m == nil {
		return nil, false
	}
	return segment{{text: p.name[:m[2]]}, {class: number(m[3] - m[2])}, {text: p.name[m[3]:]}}, true
}
