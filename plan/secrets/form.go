package secrets

import (
	"regexp"
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

// Form is a way of getting a credential to a service.
type Form string

const (
	FileForm     Form = "file"     // the image reads a file that a variable names
	WrapperForm  Form = "wrapper"  // a shell reads the file before the service starts
	CommandForm  Form = "settings" // the program reads a file of settings
	ScriptForm   Form = "script"   // a command that is a shell's script reads the file
	CheckForm    Form = "check"    // a health check reads the file itself
	ConfigForm   Form = "config"   // a config's text is a file
	EnvFileForm  Form = "env_file" // compose reads the variable from a file
	VariableForm Form = "variable" // compose fills a variable in
	TextForm     Form = "text"     // a sentence that nothing reads is changed
	NoForm       Form = ""         // nothing can be done
)

// Hidden tells that a form keeps the value out of what docker inspect shows.
func (f Form) Hidden() bool {
	return f == FileForm || f == WrapperForm || f == CommandForm || f == ScriptForm || f == CheckForm || f == ConfigForm
}

// stillShown ends the summary of a fix that does not hide the value from those who
// may call the engine.
const stillShown = "; docker inspect still shows it"

// imageStyle is how a service's image reads a variable from a file, with where
// that is known from.
func imageStyle(svc project.Service, variable string) (style, string, bool) {
	repository := Repository(svc.Image)
	if slices.Contains(refusing, repository) {
		return style{}, "", false
	}
	if svc.Image != "" && !svc.Build {
		for _, f := range fileForms {
			if slices.ContainsFunc(f.repositories, matches(repository)) && slices.ContainsFunc(f.variables, matches(variable)) {
				return f.style, plan.FromFacts, true
			}
		}
	}
	if svc.Facts != nil && svc.Facts.Files != nil {
		for _, script := range svc.Facts.Files.Scripts {
			if scriptReads(script, variable) {
				return byScript, plan.FromImage, true
			}
		}
	}
	return style{}, "", false
}

// matches compares with a pattern that may end in "*". What the star stands for
// is one part of a name.
func matches(name string) func(string) bool {
	return func(pattern string) bool {
		prefix, star := strings.CutSuffix(pattern, "*")
		if !star {
			return pattern == name
		}
		rest, ok := strings.CutPrefix(name, prefix)
		return ok && rest != "" && !strings.Contains(rest, "/")
	}
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// scriptReads tells that an entry point script reads this variable from a file:
// it calls its usual function for that, or names the variable with _FILE.
func scriptReads(script, variable string) bool {
	if !variableName.MatchString(variable) || !strings.Contains(script, variable) {
		return false
	}
	called := regexp.MustCompile(`(?m)^[^#\n]*\bfile_env\s+["']?` + variable + `\b`)
	named := regexp.MustCompile(`(?m)^[^#\n]*\$\{?` + variable + `_FILE\b`)
	return called.MatchString(script) || named.MatchString(script)
}

// shellOf tells that a service's image has a shell and cat.
func shellOf(svc project.Service) bool {
	if svc.Facts != nil && svc.Facts.Files != nil {
		_, sh := svc.Facts.Files.Program("/bin/sh")
		_, cat := svc.Facts.Files.Program("cat")
		return sh && cat
	}
	return !svc.Build && slices.Contains(withShell, Repository(svc.Image))
}
