package compose

import (
	"strings"
	"testing"

	"batten/plan"
	"batten/project"
)

// awkward are files in which text and meaning are easily torn apart.
var awkward = map[string]string{
	"kept line ends":        "services:\n  s0:\n    image: x\n    command: |+\n      one\n\n       two\n    tmpfs: /run\n",
	"kept line ends, blank": "services:\n  s0:\n    command: |+\n      one\n\n    tmpfs: /run\n\n  s1:\n    entrypoint: >+\n      a\n      b\n\n\n    image: x\n\nnetworks: {}\n",
	"no last line end":      "services:\n  s0:\n    image: x\n    ports:\n      - 80:80\n    environment:\n      A: b",
	"dashes":                "services:\n  s0:\n    volumes:\n    - type: bind\n      source: a\n    -\n      type: bind\n    - - x\n      - y\n    - # why\n      a: b\n    -\n    ports:\n    - 80\n",
	"braces":                "services: {s0: {image: x, ports: [ 80, '81' ], environment: {A: b,}, command: [], labels: {}}, s1: {image: y}}\n",
	"braces over lines":     "services:\n  s0: {\n    image: x,\n    ports: [\n      80,\n      81\n    ],\n    environment: {A: b,\n      C: d}\n  }\n",
	"comments in braces":    "services:\n  s0:\n    ports: [ # first\n      80, # eighty\n      # before\n      81 # one more\n    ]\n",
	"anchors":               "x-a: &a {A: b, C: d}\nservices:\n  s0: &s\n    image: &i x\n    environment: *a\n    labels: &l\n      K: v\n    ports: &p [80, 81]\n  s1:\n    <<: *s\n    image: *i\n    labels: *l\n    ports: *p\n",
	"several merges":        "x-a: &a\n  restart: always\n  environment: &e\n    A: b\nx-b: &b\n  init: true\nservices:\n  s0:\n    <<: [*a, *b]\n    image: x\n  s1:\n    <<: *a\n    environment:\n      <<: *e\n      C: d\n",
	"quotes":                "services:\n  s0:\n    \"image\": 'it''s'\n    'command': \"a \\\"b\\\" \\\n      c\"\n    user: !!str 12\n    environment:\n      - 'A=b'\n      - \"C=d: e # f\"\n",
	"nothing there":         "services:\n  s0:\n  s1: ~ # none\n  s2: null\n  s3: &x\n  s4: {}\n  s5:\n    environment:\n    ports: []\n    labels: {}\n    tmpfs: # none\n",
	"lines folded":          "services:\n  s0:\n    command: a\n      b\n\n      c # end\n    entrypoint:\n      x y\n    healthcheck:\n      test:\n        - CMD\n        - >-\n          a\n          b\n",
	"carriage returns":      "services:\r\n  s0:\r\n    image: x # c\r\n\r\n    ports: [80]\r\n    environment:\r\n      A: b\r\n      C:\r\n",
	"marks and markers":     "\ufeff---\n# c\nservices:\n  s0:\n    image: é # ü\n    labels: {é: ü, a: b}\n...\n",
	"JSON":                  "{\"services\": {\"s0\": {\"image\": \"x\", \"ports\": [\"80:80\"], \"environment\": {\"A\": null}}}}",
	"JSON over lines":       "{\n  \"services\": {\n    \"s0\": {\n      \"image\": \"x\",\n      \"ports\": [\n        \"80:80\",\n        \"81:81\"\n      ]\n    },\n    \"s1\": {}\n  }\n}\n",
	"tags":                  "services:\n  s0:\n    image: x\n    ports: !override\n      - 80:80\n    environment: !reset null\n",
	"a key asked for":       "services:\n  ? s0\n  : image: x\n    ports: [80]\n  s1: {? image : x}\n",
}

func TestEveryChangeOfAwkwardFilesIsProvedOrRefusedByName(t *testing.T) {
	made, refused := 0, map[string]int{}
	for name, data := range awkward {
		t.Run(name, func(t *testing.T) {
			p := newProject(t, main("compose.yml", data))
			tree, err := decode(p.Sources[0].Root)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range everyChange(tree) {
				out, err := Generate(t.Context(), Input{Project: p, Plan: newPlan([]plan.Change{c}), InPlace: true})
				if err != nil {
					t.Errorf("%s: %v", describe(c), err)
					continue
				}
				for _, r := range out.Refused {
					if strings.Contains(r.Reason, "not clear") {
						r.Reason = name + ": " + r.Reason
					}
					refused[r.Reason]++
					if strings.HasPrefix(r.Reason, unproved) {
						t.Errorf("%s: %s", describe(c), r.Reason)
					}
				}
				if len(out.Files) > 0 {
					made++
					keptOutside(t, []byte(data), out.Files[0])
				}
			}
		})
	}
	t.Logf("%d changes made", made)
	for reason, n := range refused {
		t.Logf("%5d refused: %s", n, reason)
	}
}

func describe(c plan.Change) string {
	path := c.Path
	if c.At != nil {
		path = c.At.Path
	}
	return string(c.Op) + " " + path.String()
}

func everyChange(tree *value) []plan.Change {
	var out []plan.Change
	for _, path := range pathsOf(tree, nil, nil) {
		if len(path) < 2 {
			continue
		}
		out = append(out, plan.Change{Op: plan.Remove, Path: path}, plan.Change{Op: plan.Drop, At: &plan.Place{Path: path}})
		for _, v := range someValues {
			out = append(out, plan.Change{Op: plan.Set, Path: path, Value: v},
				plan.Change{Op: plan.Set, Path: path.Join("new"), Value: v},
				plan.Change{Op: plan.Add, Path: path, Value: v},
				plan.Change{Op: plan.Add, Path: path.Join("list"), Value: v},
				plan.Change{Op: plan.Replace, At: &plan.Place{Path: path}, Value: v})
		}
	}
	for _, path := range []project.Path{{"version"}, {"networks", "n", "internal"}, {"services", "s0", "deploy", "resources", "limits", "memory"}} {
		out = append(out, plan.Change{Op: plan.Set, Path: path, Value: "3.8"})
	}
	return out
}
