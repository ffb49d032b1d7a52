package tui

// pages is a list that grows at its end and forgets its beginning without moving what it
// holds: a trace can see hundreds of thousands of things, and nobody wants to wait while
// they are copied. The zero value is empty.
type pages[T any] struct {
	all [][]T // each but the last is full
}

const pageSize = 4096

func (p *pages[T]) add(x T) {
	n := len(p.all)
	if n == 0 || len(p.all[n-1]) == pageSize {
		p.all = append(p.all, make([]T, 0, pageSize))
		n++
	}
	p.all[n-1] = append(p.all[n-1], x)
}

func (p *pages[T]) at(i int) *T { return &p.all[i/pageSize][i%pageSize] }

func (p *pages[T]) len() int {
	n := len(p.all)
	if n == 0 {
		return 0
	}
	return (n-1)*pageSize + len(p.all[n-1])
}

// forget drops the oldest until at most n, rounded up to whole pages, are left. It tells
// how many went.
func (p *pages[T]) forget(n int) int {
	gone := 0
	for p.len()-pageSize >= n {
		gone += len(p.all[0])
		p.all[0] = nil
		p.all = p.all[1:]
	}
	return gone
}
