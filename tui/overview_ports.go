package tui

import (
	"slices"
	"strings"
)

// publication is a published port, taken apart.
type publication struct {
	host   string // address; "" is all interfaces
	port   string // on the host; "" is any
	target string // "80/tcp"
}

// publicationsOf reads ports as a layout writes them: "127.0.0.1:8080:80/tcp".
func publicationsOf(texts []string) []publication {
	out := make([]publication, 0, len(texts))
	for _, text := range texts {
		p := publication{target: text}
		if i := strings.LastIndexByte(text, ':'); i >= 0 {
			p.port, p.target = text[:i], text[i+1:]
		}
		if i := strings.LastIndexByte(p.port, ':'); i >= 0 {
			p.host, p.port = p.port[:i], p.port[i+1:]
		}
		out = append(out, p)
	}
	return out
}

// open tells whether the port answers on all interfaces.
func (p publication) open() bool {
	return p.host == "" || p.host == "0.0.0.0" || p.host == "[::]"
}

func (p publication) local() bool {
	return strings.HasPrefix(p.host, "127.") || p.host == "[::1]" || p.host == "localhost"
}

// short is the port on the host, as little as says it.
func (p publication) short() string {
	port := p.port
	if port == "" {
		port = "any"
	}
	if strings.HasSuffix(p.target, "/udp") {
		port += "/udp"
	}
	return port
}

// text is the whole of it.
func (p publication) text() string {
	where := p.host
	if p.open() {
		where = "all interfaces"
	}
	return where + " " + p.short() + " → " + strings.TrimSuffix(p.target, "/tcp")
}

// exposure is what of a service can be reached from where, in one line.
func exposure(ports []publication, networks []string) line {
	var open, local, other []string
	for _, p := range ports {
		switch {
		case p.open():
			open = append(open, p.short())
		case p.local():
			local = append(local, p.short())
		default:
			other = append(other, p.host+":"+p.short())
		}
	}
	if slices.Contains(networks, "mode host") {
		return as(warning, "▲ host network")
	}
	var out line
	add := func(r role, what string, ports []string) {
		if len(ports) > 0 {
			if out != nil {
				out = out.and(normal, " ")
			}
			out = out.and(r, what+" "+strings.Join(ports, " "))
		}
	}
	add(warning, "▲ open", open)
	add(normal, "at", other)
	add(normal, "local", local)
	if out == nil {
		return as(muted, "–")
	}
	return out
}
