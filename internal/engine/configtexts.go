package engine

import (
	"path/filepath"
	"strings"

	"batten/plan/network"
	"batten/project"
)

const (
	maxConfigText  = 256 << 10 // bytes of one configuration file that are looked at
	maxConfigTexts = 32        // files of one service
)

// configNames are the endings of files that name other services: upstreams, scrape
// targets, connection strings.
var configNames = map[string]bool{
	".conf": true, ".cfg": true, ".cnf": true, ".ini": true, ".yml": true, ".yaml": true, ".json": true, ".toml": true,
	".properties": true, ".xml": true, ".template": true, ".vcl": true, "": false,
}

// configTexts reads the configuration files that services have mounted from the
// project's own folder. What lies elsewhere on the host is not read.
func (e *Engine) configTexts(p *project.Project) map[string][]network.ConfigText {
	out := map[string][]network.ConfigText{}
	for _, s := range p.Services {
		for _, m := range s.Config.Volumes {
			if m.Type != project.MountBind || !inFolder(p.Dir, m.Source) {
				continue
			}
			for _, file := range configFiles(m.Source) {
				if len(out[s.Name]) == maxConfigTexts {
					break
				}
				data, err := readLimited(file)
				if err == nil && len(data) <= maxConfigText && !strings.ContainsRune(string(data), 0) {
					out[s.Name] = append(out[s.Name], network.ConfigText{Path: p.Display(file), Text: string(data)})
				}
			}
		}
	}
	return out
}

// configFiles is the file itself, or the configuration files directly in a folder.
func configFiles(path string) []string {
	if configNames[strings.ToLower(filepath.Ext(path))] {
		return []string{path}
	}
	var out []string
	for ext, is := range configNames {
		if is {
			found, _ := filepath.Glob(filepath.Join(globQuote(path), "*"+ext))
			out = append(out, found...)
		}
	}
	return compact(out)
}

// globQuote keeps a folder's name from being a pattern.
func globQuote(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// inFolder tells whether a path that exists is in a folder, links followed.
func inFolder(dir, path string) bool {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(root, real)
	return err == nil && filepath.IsLocal(rel)
}
