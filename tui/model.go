package tui

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"batten/internal/engine"
	"batten/plan"
)

// work is something to be done outside of Update; what comes of it is a message.
type work = tea.Cmd

// model is the one Bubble Tea model. Screens and dialogs are given it and change it; work
// never sees it.
type model struct {
	options Options
	ctx     context.Context
	ongoing *sync.WaitGroup // work that has to end before the process may
	theme   *theme
	table   []verb
	w, h    int
	mouse   bool
	zoomed  bool

	screens []screen
	at      int         // current one
	focus   map[int]int // by screen
	dialogs []dialog
	finding bool // the filter is being written
	finder  field
	before  string // the filter that esc puts back
	toast   toast
	busy    *job
	failed  error // of loading, until it works

	inspection *engine.Inspection
	hardening  *engine.Hardening
	planning   int // how many plans are being made
	generation int // of decisions: older plans are dropped
	decisions  decisions
	version    int // grows with everything that panes make their rows from

	trace   *traceLog
	after   func(d time.Duration, msg tea.Msg) work // a timer
	outcome error                                   // with which the program ends; nil is fine
}

// toast is what is said in the status line for a while.
type toast struct {
	role role
	text string
	n    int
}

func newModel(ctx context.Context, o Options) (*model, error) {
	t, err := newTheme(o.Theme, o.ASCII)
	if err != nil {
		return nil, err
	}
	m := &model{options: o, ctx: ctx, ongoing: &sync.WaitGroup{}, theme: t, focus: map[int]int{}, trace: newTraceLog(), after: timer}
	m.screens = newScreens(m)
	m.table = allVerbs(m)
	return m, nil
}

func (m *model) screen() screen { return m.screens[m.at] }

// pane is the one with the focus.
func (m *model) pane() pane { return m.screen().panes()[m.focused()] }

func (m *model) focused() int {
	return max(min(m.focus[m.at], len(m.screen().panes())-1), 0)
}

// go shows a screen, by its name.
func (m *model) goTo(name string) {
	for i, s := range m.screens {
		if s.name() == name {
			m.at = i
		}
	}
}

func (m *model) Init() tea.Cmd { return m.load() }

func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) { return m, m.receive(msg) }

func (m *model) receive(msg tea.Msg) work {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case tea.KeyPressMsg:
		return m.press(msg)
	case tea.PasteMsg:
		m.paste(msg.Content)
	case tea.MouseClickMsg:
		m.click(msg.X, msg.Y)
	case tea.MouseWheelMsg:
		m.wheel(msg.Button == tea.MouseWheelUp)
	case ended:
		return m.ended(msg)
	case tick:
		return m.tick()
	case expired:
		if int(msg) == m.toast.n {
			m.toast.text = ""
		}
	case message:
		return msg.arrive(m)
	}
	return nil
}

// message is what some work came to, and what it means for the model.
type message interface{ arrive(m *model) work }

// tell says something in the status line. It stays for some seconds.
func (m *model) tell(r role, text string) {
	m.toast = toast{r, text, m.toast.n + 1}
}

// expired is the number of a toast whose time is over.
type expired int

const toastTime = 6 * time.Second

func (m *model) expire() work { return m.after(toastTime, expired(m.toast.n)) }

func timer(d time.Duration, msg tea.Msg) work {
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}

// plan is the plan as it was made last, nil before.
func (m *model) plan() *plan.Plan {
	if m.hardening == nil {
		return nil
	}
	return m.hardening.Plan
}
