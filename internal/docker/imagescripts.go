package docker

import "strings"

// maxScripts bounds how many scripts of one image are kept.
const maxScripts = 32

// Where programs are looked for that are named without a folder: by the image's
// own words everywhere, by a script only where images keep scripts of their own.
var (
	searchPath = []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", ""}
	ownScripts = []string{"/usr/local/sbin", "/usr/local/bin"}
)

// scripts are the texts of the scripts among the words of a command line, and of
// those that these name, by their own paths.
func (t *tree) scripts(words []string) map[string]string {
	out := map[string]string{}
	var found []string
	add := func(word string, folders []string) {
		if len(out) == maxScripts {
			return
		}
		if p, text := t.script(word, folders); text != "" && out[p] == "" {
			out[p] = text
			found = append(found, text)
		}
	}
	for _, word := range words {
		for _, one := range names(word) { // "sh -c 'exec /start.sh'" names it inside a word
			add(one, searchPath)
		}
	}
	for _, text := range found { // the first ones only: not what the named ones name
		for _, one := range names(text) {
			add(one, ownScripts)
		}
	}
	return out
}

func (t *tree) script(word string, folders []string) (string, string) {
	if strings.HasPrefix(word, "/") {
		folders = []string{""}
	} else if strings.Contains(word, "/") {
		return "", "" // relative to a folder that is not known
	}
	for _, folder := range folders {
		n, p := t.resolve(folder + "/" + strings.TrimPrefix(word, "/"))
		if n != nil && !n.Folder {
			if strings.HasPrefix(n.text, "#!") {
				return p, n.text
			}
			return "", ""
		}
	}
	return "", ""
}

// names are the parts of a text that may be the name of a file.
func names(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return r <= ' ' || strings.ContainsRune("\"'`$(){}[]<>|&;=,:*?!#", r)
	})
}
