package tui

import tea "charm.land/bubbletea/v2"

// copy sends text to the terminal's clipboard. There is no answer that would tell whether
// it took it.
func (m *model) copy(text string) work {
	if text == "" {
		m.tell(warning, "nothing to copy here")
		return nil
	}
	m.tell(good, "sent to the terminal's clipboard: "+text)
	return tea.SetClipboard(text)
}
