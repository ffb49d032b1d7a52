package secrets

import (
	"path"
	"strings"

	"batten/plan"
	"batten/project"
)

// openMode lets any user of a container read a secret. The folder that they are
// in is closed to others on the host; a closed file would keep out a root without
// capabilities, who may not read what another user owns.
const openMode = 0o444

// move makes the changes of a unit's form.
func (m *migration) move(u *Unit, wanted func(*Unit) bool) (Move, bool) {
	c := m.choices[u]
	out := Move{Unit: u, Form: c.form, From: c.from}
	if c.form == NoForm {
		out.Fix = plan.Fix{Summary: "move " + u.Key + " into a file", Blocked: c.why}
		return out, c.why != ""
	}
	svc := m.services[u.Service]
	f := &fix{m: m, service: u.Service}
	switch c.form {
	case FileForm:
		m.byFile(f, u, c.style)
	case WrapperForm:
		m.byWrapper(f, svc, u, m.together(u, WrapperForm, wanted))
	case CommandForm:
		m.byCommand(f, svc, u)
	case ScriptForm:
		m.byScript(f, svc, u)
	case ConfigForm:
		m.byConfig(f, u)
	case EnvFileForm:
		m.byEnvFile(f, svc, u)
	case VariableForm:
		m.byVariable(f, u, wanted)
	case TextForm:
		m.byText(f, u)
	}
	if c.form == CheckForm || (c.form == FileForm || c.form == WrapperForm) && m.inCheck(svc, u.Variable) {
		m.byCheck(f, svc, u, wanted)
	}
	f.notes = append(f.notes, m.rotation(u)...)
	out.Fix = plan.Fix{Summary: f.summary, Risk: f.risk, Changes: f.changes, Files: f.files, Notes: f.notes}
	return out, true
}

// fix gathers what a move does.
type fix struct {
	m             *migration
	service       string
	summary, risk string
	changes       []plan.Change
	files         []plan.File
	notes         []string
}

func (m *migration) path(name string) string { return path.Join(m.o.Folder, "secrets", name) }

// written is a path as it stands in a compose file.
func written(path string) string { return "./" + path }

// keep adds a file.
func (f *fix) keep(name, content string, mode uint32, uid *int) {
	at := f.m.path(name)
	for _, one := range f.files {
		if one.Path == at {
			return
		}
	}
	f.files = append(f.files, plan.File{Path: at, Mode: mode, UID: uid, Content: plan.NewSensitive(content)})
}

// secret keeps a value in a file and gives it to the service.
func (f *fix) secret(name, content string, st style) {
	mode, uid := uint32(openMode), (*int)(nil)
	if st.mode != 0 {
		mode, uid = st.mode, &st.uid
	}
	f.keep(name, content, mode, uid)
	f.changes = append(f.changes, plan.Change{Op: plan.Set, Path: project.Path{"secrets", name},
		Value: plan.Map{{Key: "file", Value: written(f.m.path(name))}}})
	if f.has(name) {
		return
	}
	change := plan.AddItem(f.service, "secrets", name, "")
	if st.mode != 0 && f.m.o.Target == plan.TargetSwarm {
		change.Value = plan.Map{{Key: "source", Value: name}, {Key: "target", Value: name}, {Key: "uid", Value: itoa(st.uid)},
			{Key: "gid", Value: "0"}, {Key: "mode", Value: int(st.mode)}}
	}
	f.changes = append(f.changes, change)
}

func (f *fix) has(name string) bool {
	for _, c := range f.changes {
		if c.Op == plan.Add && c.Path[len(c.Path)-1] == "secrets" && c.Value == name {
			return true
		}
	}
	return false
}

// byFile lets the image read the file.
func (m *migration) byFile(f *fix, u *Unit, st style) {
	value, _ := m.content(u)
	name := m.file(u, value)
	if st.mode != 0 {
		name = m.derive(name+"_uid"+itoa(st.uid), value)
		f.notes = append(f.notes, "the image wants this file for its own user alone: it is a second copy")
	}
	to := st.prefix + u.Variable + st.suffix
	where := st.value + mount(name)
	f.summary = "read " + u.Variable + " from the file " + m.path(name)
	if last := u.last(); len(u.Scalars) == 1 && (last.Prefix != "" || to == u.Variable) {
		f.changes = append(f.changes, plan.ReplaceAt(last.Written, withKey(last, to, where)))
	} else {
		environment := project.Path{"services", u.Service, "environment"}
		f.changes = append(f.changes, m.removeEntry(u.Service, u.Variable)...)
		f.changes = append(f.changes, plan.SetEntry(m.p, environment, to, where)...)
	}
	f.secret(name, value, st)
	if st.prefix != "" {
		f.risk = "an application of this image may not look at the variable that its start scripts set from the file"
	}
	if u.Reference {
		f.notes = append(f.notes, "the value now counts from "+m.path(name)+"; the variable that held it can go")
	}
}

// withKey is the text of an entry with another key.
func withKey(sc *Scalar, key, value string) string {
	if sc.Prefix == "" {
		return value
	}
	return key + "=" + value
}

// byText changes a sentence that nothing reads.
func (m *migration) byText(f *fix, u *Unit) {
	f.summary = "take the value out of the text at " + u.Key
	for _, sc := range u.Scalars {
		text := replace(sc.Text, sc.Spans, func(Span) string { return "(see " + path.Join(m.o.Folder, "secrets") + ")" })
		f.changes = append(f.changes, plan.ReplaceAt(sc.Written, sc.Prefix+text))
	}
}

// byConfig keeps the text of a config in a file.
func (m *migration) byConfig(f *fix, u *Unit) {
	value, _ := m.content(u)
	name := m.derive("config_"+u.Variable, value)
	f.summary = "read config " + u.Variable + " from the file " + m.path(name)
	at := project.Path{"configs", u.Variable}
	f.changes = append(f.changes, plan.Change{Op: plan.Remove, Path: at.Join("content")},
		plan.Change{Op: plan.Set, Path: at.Join("file"), Value: written(m.path(name))})
	f.keep(name, value, openMode, nil)
}

// replace puts something in place of each span.
func replace(text string, spans []Span, with func(Span) string) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.Start])
		b.WriteString(with(s))
		at = s.End
	}
	b.WriteString(text[at:])
	return b.String()
}
