#!/usr/bin/env bash
# generate-check.sh compiles the eBPF programs anew in a copy of the tree and
# fails when what is committed differs.
#
# Objects are compared byte for byte under the compiler version that made the
# committed ones; another version emits other, equally good code, so that then
# only the Go side is compared, which carries every type, map and program.
#
# Usage: generate-check.sh CLANG-MAJOR-VERSION
set -euo pipefail

made_with=$1
package=trace/ebpf
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'generate-check: %s\n' "$*" >&2; }

if ! command -v clang >/dev/null; then
	say "not checked: clang is not installed (scripts/setup.sh test installs it)"
	case ",${BATTEN_REQUIRE:-}," in
	*,ebpf,*) exit 1 ;;
	esac
	exit 0
fi

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
trap 'exit 130' INT TERM
tar --create --exclude=./.git --exclude=./bin . | tar --extract --directory "$copy"
(cd "$copy" && go generate "./$package")

clang_major=$(clang -dumpversion | cut -d. -f1)
skip=()
if [ "$clang_major" != "$made_with" ]; then
	say "clang $clang_major is here, the committed objects are from clang $made_with: comparing Go code only"
	skip=(--exclude='*.o')
fi
if ! diff --recursive --brief ${skip[@]+"${skip[@]}"} "$package" "$copy/$package"; then
	say "the committed files are stale: run 'make generate' and commit what changes"
	exit 1
fi
