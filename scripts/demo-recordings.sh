#!/usr/bin/env bash
# demo-recordings.sh records the demonstration's project anew: it builds and starts
# the project in a temporary folder, traces it under its workload, and puts the
# recordings where batten embeds them. It needs Docker, docker-compose, root for
# the trace, and the project's ports (18080, 18443, 18000, 15432, 16379) free.
#
# Usage: demo-recordings.sh BATTEN
set -euo pipefail

batten=$(realpath "${1:?usage: demo-recordings.sh BATTEN}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bundle=$PWD/internal/demo/shop

testdata/images/build.sh

work=$(mktemp -d)
project=$work/shop # its name is the project's
clean() {
	[ ! -d "$project" ] || (cd "$project" && docker-compose down --volumes --timeout 5) >/dev/null 2>&1 || true
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

mkdir "$project"
(cd "$bundle" && tar --create --exclude=./hardened --exclude=./README.md .) | tar --extract --directory "$project"
(
	cd "$project"
	docker-compose build --quiet
	"$batten" trace --workload ./workload.sh
)
mkdir -p "$bundle/hardened/recordings"
install -m 644 "$project"/hardened/recordings/*.json "$bundle/hardened/recordings/"
