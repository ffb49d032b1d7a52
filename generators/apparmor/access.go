package apparmor

import (
	"slices"
	"strings"

	"batten/profiles"
)

// perms is a set of the permissions of a file rule.
type perms uint8

const (
	permRead perms = 1 << iota
	permWrite
	permLock
	permMap
	permExec
)

// accessPerms says what the kernel asks for at each access. Source: the hooks in
// security/apparmor/lsm.c and file.c of Linux 6.1.
//
// Appending asks for "append" and, when the program opens with O_CREAT, as good as
// all do, for "create" too, also of a file that exists. The permission "a" does not
// hold that, "w" does.
var accessPerms = map[profiles.Access]perms{
	profiles.AccessRead:     permRead,
	profiles.AccessCreate:   permWrite,
	profiles.AccessWrite:    permWrite,
	profiles.AccessAppend:   permWrite,
	profiles.AccessTruncate: permWrite,
	profiles.AccessRemove:   permWrite,
	profiles.AccessRename:   permRead | permWrite, // the source of a rename is read too
	profiles.AccessReplace:  permWrite,
	profiles.AccessSymlink:  permWrite,
	profiles.AccessChmod:    permWrite,
	profiles.AccessChown:    permWrite,
	profiles.AccessLock:     permLock,
	profiles.AccessLockOnly: permLock | permWrite, // an exclusive lock asks for both
	profiles.AccessMap:      permMap | permRead,
	profiles.AccessExecute:  permExec | permMap | permRead,
	profiles.AccessBind:     permWrite,
	profiles.AccessConnect:  permRead | permWrite,
	profiles.AccessLink:     0, // a link rule instead
}

// permsOf unites what a list of accesses asks for. Folders have no "m", "k", "x".
func permsOf(list []profiles.Access, folder bool) perms {
	var p perms
	for _, a := range list {
		p |= accessPerms[a]
	}
	if folder {
		p &= permRead | permWrite
	}
	return p
}

// String is the set as a rule spells it, without "x": how something is executed is
// for the rule to say.
func (p perms) String() string {
	var b strings.Builder
	for i, letter := range []byte("rwkm") {
		if p&(1<<i) != 0 {
			b.WriteByte(letter)
		}
	}
	return b.String()
}

func (p perms) has(q perms) bool { return p&q == q }

// verbs says what was done, for people.
func verbs(list []profiles.Access) string {
	words := make([]string, 0, len(list))
	for _, a := range list {
		words = append(words, string(a))
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), ", ")
}
