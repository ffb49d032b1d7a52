package project

import "slices"

// maxChain bounds how many services extend each other in a row.
const maxChain = 100

// extender is one service of one file.
type extender struct{ path, service string }

// extendsEdge leads from a service to the one that it extends.
type extendsEdge struct {
	extension
	source *Source
	to     extender
}

// checkExtends refuses services that extend each other in a circle or without end.
func (g *gathering) checkExtends() error {
	edges := map[extender]extendsEdge{}
	var order []extender
	for _, s := range g.sources {
		extensions, err := s.extensions()
		if err != nil {
			return err
		}
		for _, one := range extensions {
			e := extendsEdge{one, s, extender{s.Path, one.target}}
			if one.file != nil {
				e.to.path = one.file.path
			}
			from := extender{s.Path, one.service}
			edges[from] = e
			order = append(order, from)
		}
	}
	lengths := map[extender]int{} // of the chain that begins there
	for _, start := range order {
		if err := walkExtends(start, edges, lengths); err != nil {
			return err
		}
	}
	return nil
}

func walkExtends(start extender, edges map[extender]extendsEdge, lengths map[extender]int) error {
	var path []extender
	on := map[extender]bool{}
	at := start
	for {
		e, ok := edges[at]
		if _, known := lengths[at]; known || !ok {
			break
		}
		path = append(path, at)
		on[at] = true
		if at = e.to; on[at] {
			circle := append(path[slices.Index(path, at):], at)
			names := make([]string, len(circle))
			for i, one := range circle {
				names[i] = one.service
			}
			return e.source.problemAt(e.at, ErrBadCompose, "services extend each other: %s", trail(names))
		}
	}
	length := lengths[at]
	for _, one := range slices.Backward(path) {
		length++
		lengths[one] = length
	}
	if length > maxChain {
		e := edges[start]
		return e.source.problemAt(e.at, ErrBadCompose, "more than %d services extend each other in a row", maxChain)
	}
	return nil
}
