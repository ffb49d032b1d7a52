package compose

import (
	"testing"

	"batten/plan"
)

var edits = []struct {
	name    string
	in      string
	changes [][]plan.Change
	want    string
}{
	{"a new key comes last in its service",
		"services:\n  web:\n    image: x # the image\n\n  db:\n    image: y\n",
		all(set("services/web/read_only", true)),
		"services:\n  web:\n    image: x # the image\n    read_only: true\n\n  db:\n    image: y\n"},
	{"comments indented like the body stay in it",
		"services:\n  web:\n    image: x\n    # ports:\n    #   - 80\n\n  # the database\n  db:\n    image: y\n",
		all(set("services/web/read_only", true)),
		"services:\n  web:\n    image: x\n    # ports:\n    #   - 80\n    read_only: true\n\n  # the database\n  db:\n    image: y\n"},
	{"mappings on the way are made in the file's own step",
		"services:\n    web:\n        image: x\n",
		all(set("services/web/deploy/resources/limits/memory", "64M"), set("services/web/deploy/resources/limits/cpus", "0.5")),
		"services:\n    web:\n        image: x\n        deploy:\n            resources:\n                limits:\n                    memory: 64M\n                    cpus: \"0.5\"\n"},
	{"what is there of the way is used",
		"services:\n  web:\n    deploy:\n      resources:\n        limits: {cpus: '1'}\n    image: x\n",
		all(set("services/web/deploy/resources/limits/memory", "64M")),
		"services:\n  web:\n    deploy:\n      resources:\n        limits: {cpus: '1', memory: 64M}\n    image: x\n"},
	{"an equal value is left as it is written",
		"services:\n  web:\n    read_only: True\n    user: '1000'\n",
		all(set("services/web/read_only", true), set("services/web/user", "1000")),
		"services:\n  web:\n    read_only: True\n    user: '1000'\n"},
	{"a scalar changes in its place",
		"services:\n  web:\n    user: \"root\" # careful\n    image: x\n",
		all(set("services/web/user", "1000:1000")),
		"services:\n  web:\n    user: \"1000:1000\" # careful\n    image: x\n"},
	{"line ends, mark and missing last line end stay",
		"\ufeff# c\r\nservices:\r\n  web:\r\n    image: x",
		all(set("services/web/read_only", true), set("version", "3.8")),
		"\ufeff# c\r\nversion: \"3.8\"\r\nservices:\r\n  web:\r\n    image: x\r\n    read_only: true"},
	{"a service without a body gets one",
		"services:\n  web: # nothing yet\n  db:\n    image: y\n",
		all(set("services/web/read_only", true)),
		"services:\n  web: # nothing yet\n    read_only: true\n  db:\n    image: y\n"},
	{"a service in braces",
		"services:\n  web: {image: x, ports: [80:80, \"81:81\"]}\n",
		all(set("services/web/read_only", true), set("services/web/cap_drop", []any{"ALL"}), replace("services/web/ports/0", "127.0.0.1:80:80"), drop("services/web/ports/1")),
		"services:\n  web: {image: x, ports: [\"127.0.0.1:80:80\"], read_only: true, cap_drop: [ALL]}\n"},
	{"items are added to a list that is not indented",
		"services:\n  web:\n    security_opt:\n    - label=x # why\n    image: x\n",
		all(add("services/web/security_opt", "no-new-privileges:true", "no-new-privileges")),
		"services:\n  web:\n    security_opt:\n    - label=x # why\n    - no-new-privileges:true\n    image: x\n"},
	{"an added item takes the place of one with its key",
		"services:\n  web:\n    security_opt:\n      - seccomp:unconfined # bad\n      - label=x\n",
		all(add("services/web/security_opt", "seccomp=./p.json", "seccomp")),
		"services:\n  web:\n    security_opt:\n      - seccomp=./p.json # bad\n      - label=x\n"},
	{"two items are added to a list that is not there",
		"services:\n  web:\n    image: x\n",
		all(add("services/web/security_opt", "a=b", "a"), add("services/web/security_opt", "c:true", "c")),
		"services:\n  web:\n    image: x\n    security_opt:\n      - a=b\n      - c:true\n"},
	{"a string in place of a list becomes one",
		"services:\n  web:\n    tmpfs: /run # c\n    image: x\n",
		all(add("services/web/tmpfs", "/tmp:size=1m", "/tmp")),
		"services:\n  web:\n    tmpfs: # c\n      - /run\n      - /tmp:size=1m\n    image: x\n"},
	{"an entry goes with its line, comments above it stay",
		"services:\n  web:\n    # the password\n    environment:\n      # first\n      A: b\n      PW: secret # oh\n      # last\n      C: d\n",
		all(remove("services/web/environment/PW")),
		"services:\n  web:\n    # the password\n    environment:\n      # first\n      A: b\n      # last\n      C: d\n"},
	{"a list that is empty goes",
		"services:\n  web:\n    environment:\n      - PW=secret\n    image: x\n",
		all(drop("services/web/environment/0")),
		"services:\n  web:\n    image: x\n"},
	{"what is made empty goes upwards, a service stays",
		"services:\n  web:\n    deploy:\n      resources:\n        limits:\n          memory: 1G\n  db:\n    image: x\n",
		all(remove("services/web/deploy/resources/limits/memory")),
		"services:\n  web: {}\n  db:\n    image: x\n"},
	{"block scalars go whole",
		"services:\n  web:\n    command: |\n      a\n\n      b\n    entrypoint: >-\n      c\n      d\n\n    image: x\n",
		all(remove("services/web/command"), set("services/web/entrypoint", []any{"e", "f g"})),
		"services:\n  web:\n    entrypoint:\n      - e\n      - f g\n\n    image: x\n"},
	{"a mapping takes the place of a scalar and back",
		"services:\n  web:\n    build: .\n    healthcheck:\n      test: x\n    image: x\n",
		all(set("services/web/build", plan.Map{{Key: "context", Value: "."}}), set("services/web/healthcheck", "none")),
		"services:\n  web:\n    build:\n      context: .\n    healthcheck: none\n    image: x\n"},
	{"the first key beside a dash goes",
		"services:\n  web:\n    volumes:\n      - type: bind\n        source: a\n        target: b\n      - c:d\n",
		all(drop("services/web/volumes/0/type"), replace("services/web/volumes/1", plan.Map{{Key: "type", Value: "volume"}, {Key: "source", Value: "c"}})),
		"services:\n  web:\n    volumes:\n      - source: a\n        target: b\n      - type: volume\n        source: c\n"},
	{"new sections come at the end, into a section that is there",
		"services:\n  web:\n    image: x\nnetworks:\n  a:\n  b: {}\n# end\n",
		all(set("networks/front/internal", true), set("networks/a/internal", true), set("networks/b/internal", true), set("secrets/pw/file", "./hardened/secrets/pw")),
		"services:\n  web:\n    image: x\nnetworks:\n  a:\n    internal: true\n  b: {internal: true}\n  front:\n    internal: true\n# end\nsecrets:\n  pw:\n    file: ./hardened/secrets/pw\n"},
	{"braces over several lines",
		"services:\n  web:\n    image: x\n    healthcheck: {\n      test: [a,\n             b],  # why\n      retries: 3  # three\n    }\n",
		all(set("services/web/healthcheck/timeout", "3s"), replace("services/web/healthcheck/test/1", "c, d")),
		"services:\n  web:\n    image: x\n    healthcheck: {\n      test: [a,\n             \"c, d\"],  # why\n      retries: 3,  # three\n      timeout: 3s\n    }\n"},
	{"an alias is overridden when keys are only set",
		"x-env: &env\n  A: a\n  B: b\nservices:\n  web:\n    environment: *env\n  db:\n    environment: *env # all\n",
		all(set("services/db/environment/C", "no")),
		"x-env: &env\n  A: a\n  B: b\nservices:\n  web:\n    environment: *env\n  db:\n    environment: # all\n      <<: *env\n      C: \"no\"\n"},
	{"an alias is written out when something goes",
		"x-env: &env\n  A: a\n  PW: b\nservices:\n  web:\n    environment: *env\n  db:\n    environment: *env\n",
		all(remove("services/db/environment/PW")),
		"x-env: &env\n  A: a\n  PW: b\nservices:\n  web:\n    environment: *env\n  db:\n    environment:\n      A: a\n"},
	{"what all users drop goes at the anchor",
		"x-env: &env\n  A: a\n  PW: b\nservices:\n  web:\n    environment: *env\n  db:\n    environment:\n      <<: *env\n      D: d\n",
		all(remove("services/db/environment/PW"), remove("services/web/environment/PW")),
		"x-env: &env\n  A: a\nservices:\n  web:\n    environment: *env\n  db:\n    environment:\n      <<: *env\n      D: d\n"},
	{"a merged key is overridden where it is",
		"x-c: &c\n  restart: always\n  cap_add: [A]\nservices:\n  web:\n    <<: *c\n    image: x\n  db:\n    <<: *c\n",
		all(set("services/web/restart", "on-failure:5"), add("services/web/cap_add", "B", "")),
		"x-c: &c\n  restart: always\n  cap_add: [A]\nservices:\n  web:\n    <<: *c\n    image: x\n    restart: on-failure:5\n    cap_add:\n      - A\n      - B\n  db:\n    <<: *c\n"},
	{"a change of an anchored service does not reach those that merge it",
		"services:\n  web: &w\n    image: x\n    restart: always\n  db:\n    <<: *w\n    image: y\n",
		all(set("services/web/restart", "no"), set("services/web/read_only", true), set("services/db/read_only", true)),
		"services:\n  web: &w\n    image: x\n    restart: \"no\"\n    read_only: true\n  db:\n    <<: *w\n    image: y\n    restart: always\n"},
	{"a merge is written out when it would bring what is not wanted",
		"services:\n  web: &w\n    image: x\n  db:\n    <<: *w\n    command: y\n",
		all(set("services/web/read_only", true)),
		"services:\n  web: &w\n    image: x\n    read_only: true\n  db:\n    command: y\n    image: x\n"},
	{"a JSON file stays one",
		"{\n  \"services\": {\n    \"web\": {\n      \"image\": \"x\"\n    }\n  }\n}\n",
		all(set("services/web/read_only", true), set("services/web/cap_drop", []any{"ALL"})),
		"{\n  \"services\": {\n    \"web\": {\n      \"image\": \"x\",\n      \"read_only\": true,\n      \"cap_drop\": [\"ALL\"]\n    }\n  }\n}\n"},
	{"a set list keeps what it has in common",
		"services:\n  web:\n    cap_add:\n      - A # one\n      - B\n      - C # three\n",
		all(set("services/web/cap_add", []any{"A", "X", "C", "D"})),
		"services:\n  web:\n    cap_add:\n      - A # one\n      - X\n      - C # three\n      - D\n"},
	{"a string that readers could take for something else is quoted",
		"services:\n  web:\n    image: x\n",
		all(set("services/web/labels", []any{"yes", "0.5", "22:22", "a: b", "a #b", "", "x\ny", "- a", "plain text", "2001-01-01", "0x1F", "a'b\"c", "é"})),
		"services:\n  web:\n    image: x\n    labels:\n      - \"yes\"\n      - \"0.5\"\n      - \"22:22\"\n      - \"a: b\"\n      - \"a #b\"\n      - \"\"\n      - \"x\\ny\"\n      - \"- a\"\n      - plain text\n      - \"2001-01-01\"\n      - \"0x1F\"\n      - a'b\"c\n      - é\n"},
}

func TestChangesBecomeTheSmallestEdits(t *testing.T) {
	for _, c := range edits {
		t.Run(c.name, func(t *testing.T) {
			got, refused := one(t, c.in, c.changes...)
			for _, r := range refused {
				t.Errorf("%s refused: %s", r.Finding, r.Reason)
			}
			if got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}
