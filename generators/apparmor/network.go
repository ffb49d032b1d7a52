package apparmor

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"batten/profiles"
)

// families are the address families that apparmor_parser 3.0 knows by name, by their
// number. Source: linux/socket.h.
var families = map[uint64]string{
	1: "unix", 2: "inet", 3: "ax25", 4: "ipx", 5: "appletalk", 6: "netrom", 7: "bridge", 8: "atmpvc", 9: "x25",
	10: "inet6", 11: "rose", 13: "netbeui", 14: "security", 15: "key", 16: "netlink", 17: "packet", 18: "ash",
	19: "econet", 20: "atmsvc", 21: "rds", 22: "sna", 23: "irda", 24: "pppox", 25: "wanpipe", 26: "llc", 27: "ib",
	28: "mpls", 29: "can", 30: "tipc", 31: "bluetooth", 32: "iucv", 33: "rxrpc", 34: "isdn", 35: "phonet",
	36: "ieee802154", 37: "caif", 38: "alg", 39: "nfc", 40: "vsock", 41: "kcm", 42: "qipcrtr", 43: "smc", 44: "xdp",
	45: "mctp",
}

// socketTypes by their number. Source: linux/net.h.
var socketTypes = map[uint64]string{1: "stream", 2: "dgram", 3: "raw", 4: "rdm", 5: "seqpacket", 10: "packet"}

// familyALG is the interface of the kernel's crypto, which docker-default refuses.
const familyALG = 38

type socketSight struct {
	runs   int
	reason string
}

// networkRules allow the sockets that were made: by family and type, which is all
// that a kernel without further patches judges.
func (g *generator) networkRules(p profiles.Profile) []Rule {
	seen := map[string]*socketSight{}
	see := func(text, reason string, runs int) {
		if have := seen[text]; have == nil || have.runs < runs {
			seen[text] = &socketSight{runs, reason}
		}
	}
	complete := true
	for _, s := range p.Syscalls {
		if s.Name != "socket" && s.Name != "socketpair" || !g.sel.holds(s.Part, s.Entry) {
			continue
		}
		if s.Args == nil || !s.Args.Complete {
			complete = false
		}
		if s.Args == nil || len(s.Args.Index) < 2 || s.Args.Index[0] != 0 || s.Args.Index[1] != 1 {
			continue
		}
		for _, t := range s.Args.Values {
			if len(t) < 2 {
				continue
			}
			if text, ok := g.socketRule(t[0]&0xffffffff, t[1]&0xf); ok {
				see(text, "made with "+s.Name, s.Runs)
			}
		}
	}
	for _, s := range p.Sockets {
		if !g.sel.holds(s.Part, s.Entry) {
			continue
		}
		for _, text := range familiesOf(s) {
			see(text, string(s.Use)+" seen", s.Runs)
		}
	}
	for _, f := range p.Files { // a Unix socket that has a path was made or reached
		if f.Part == "" || !g.sel.holds(f.Part, f.Entry) ||
			!slices.Contains(f.Access, profiles.AccessBind) && !slices.Contains(f.Access, profiles.AccessConnect) {
			continue
		}
		if !complete || !slices.ContainsFunc(p.Syscalls, func(s profiles.Syscall) bool { return s.Name == "socket" }) {
			see("network unix stream,", "a Unix socket with a path seen", f.Runs)
			see("network unix dgram,", "a Unix socket with a path seen", f.Runs)
		}
	}
	if !complete {
		g.note(NoteIncomplete, "the arguments of socket calls are incomplete: only families of sockets that were seen in use are allowed")
	}
	var out []Rule
	for text, s := range seen {
		why := fmt.Sprintf("%s; %d of %d runs", s.reason, s.runs, g.runs)
		out = append(out, Rule{Text: text, Group: GroupNetwork, Why: why})
		g.comments[commentKey{GroupNetwork, text}] = s.reason
		if kind, ok := strings.CutPrefix(text, "network unix "); ok {
			// Where the kernel judges Unix sockets by themselves, this rule counts; older
			// parsers turn it into the one above.
			unix := "unix type=" + kind
			out = append(out, Rule{Text: unix, Group: GroupNetwork, Why: why})
			g.comments[commentKey{GroupNetwork, unix}] = s.reason
		}
	}
	return out
}

// socketRule is false for what has no name in AppArmor and what is not allowed.
func (g *generator) socketRule(family, kind uint64) (string, bool) {
	if family == 0 || family == familyALG && !g.o.AllowBeyond {
		if family == familyALG {
			g.refuse("", "sockets of the kernel's crypto interface (AF_ALG): docker-default forbids them")
		}
		return "", false
	}
	f, known := families[family]
	t, typed := socketTypes[kind]
	if !known || !typed {
		g.refuse("", fmt.Sprintf("a socket of family %d and type %d: AppArmor has no name for it", family, kind))
		return "", false
	}
	return "network " + f + " " + t + ",", true
}

// familiesOf are the rules that a socket in use needs.
func familiesOf(s profiles.Socket) []string {
	kind := map[string]string{"tcp": "stream", "udp": "dgram"}[s.Protocol]
	if s.Protocol == "unix" {
		return []string{"network unix stream,", "network unix dgram,"}
	}
	if kind == "" {
		return nil
	}
	a, err := netip.ParseAddr(s.Address)
	switch {
	case err != nil: // a service of the project: of either family
		return []string{"network inet " + kind + ",", "network inet6 " + kind + ","}
	case a.Is4():
		return []string{"network inet " + kind + ","}
	}
	return []string{"network inet6 " + kind + ","}
}
