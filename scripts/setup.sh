#!/usr/bin/env bash
# setup.sh installs what is missing on this machine, says what and why, and can
# be run again at any time.
#
#   setup.sh build   what building batten wants; optional, it builds without
#   setup.sh test    also what the tests want, with a Docker engine that runs
#
# Only a missing Go is fatal (exit code 3). Everything else it cannot do, it
# says, and goes on: what depends on it is skipped, saying so.
set -euo pipefail

scope=${1:-build}
case $scope in
build | test) ;;
*)
	echo "usage: setup.sh [build|test]" >&2
	exit 2
	;;
esac

cd "$(dirname "${BASH_SOURCE[0]}")/.."
PATH=$PATH:/usr/local/go/bin:/usr/local/sbin:/usr/sbin:/sbin

say() { printf 'setup: %s\n' "$*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

# as_root runs a command as root, or fails. It asks for a password only where
# somebody can type one and the packages are worth asking for.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif ! has sudo; then
		return 1
	elif [ "$scope" = test ] && [ -t 0 ]; then
		sudo "$@"
	else
		sudo -n "$@" 2>/dev/null
	fi
}

# older tells whether version $1 is lower than version $2.
older() {
	[ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

# --- Go: from 1.21 on it fetches the version that go.mod asks for by itself.

check_go() {
	local wanted have
	wanted=$(awk '$1 == "go" { print $2; exit }' go.mod)
	if ! has go && has apt-get; then
		have=$(apt-cache policy golang-go 2>/dev/null | sed -n 's/.*Candidate: [0-9]*:\{0,1\}\([0-9.]*\).*/\1/p')
		if [ -n "$have" ] && ! older "$have" 1.21; then
			install_packages golang-go
		fi
	fi
	if ! has go; then
		say "Go is not installed, and batten is built with it."
		say "Install Go $wanted or later from https://go.dev/dl/ (unpack to /usr/local), then run this again."
		exit 3
	fi
	# Outside the module, so that asking does not fetch anything.
	have=$(cd / && go env GOVERSION)
	have=${have#go}
	have=${have%%[!0-9.]*}
	older "$have" "$wanted" || return 0
	if older "$have" 1.21 || [ "$(cd / && go env GOTOOLCHAIN)" = local ]; then
		say "Go $have is too old, batten needs $wanted."
		say "Install Go $wanted or later from https://go.dev/dl/ (unpack to /usr/local), then run this again."
		exit 3
	fi
	say "Go $have will fetch Go $wanted, which batten needs"
}

# --- Packages

missing=()

# want notes a package as missing, with what it is for, unless the check that
# follows passes.
want() {
	local package=$1 purpose=$2
	shift 2
	if ! "$@" >/dev/null 2>&1; then
		missing+=("$package")
		say "missing: $package, $purpose"
	fi
}

header() { [ -e "/usr/include/$1" ] || compgen -G "/usr/include/*/$1"; }
compose() { has docker-compose || docker compose version; }
engine_or_client() { has docker && { has dockerd || docker version; }; }

check_build_packages() {
	want gcc "which compiles the part that talks to libseccomp, and test programs" has gcc
	want libc6-dev "the C library that gcc builds with" header stdio.h
	want pkg-config "which finds libseccomp" has pkg-config
	want libseccomp-dev "with which each seccomp profile is compiled before it is written" pkg-config --exists libseccomp
}

check_test_packages() {
	want strace "whose view tests compare with batten's" has strace
	want systemd "whose systemd-analyze checks exported units" has systemd-analyze
	want clang "which compiles the eBPF programs anew, to see that the committed ones are fresh" has clang
	want llvm "which strips them" has llvm-strip
	want libbpf-dev "whose headers they include" header bpf/bpf_helpers.h
	want docker.io "the engine whose containers tests trace" engine_or_client
	if apt-cache show docker-cli >/dev/null 2>&1; then # newer releases have it apart
		want docker-cli "the engine's command" has docker
	fi
	want apparmor "whose parser checks profiles, and without which the engine starts no container where the kernel has AppArmor" has apparmor_parser
	want docker-compose "whose reading of generated files tests compare" compose
	want debootstrap "which makes the test image" has debootstrap
	if [ "$(uname -m)" = x86_64 ]; then
		want qemu-system-x86 "which emulates the machine with a Debian kernel that tests run in" has qemu-system-x86_64
		want e2fsprogs "which makes its disk" has mkfs.ext4
	fi
	want iproute2 "which makes a machine outside, for tests of who reaches it" has ip
	want patch "which takes the differences that batten shows" has patch
	want curl "with which a test project is used" has curl
}

install_packages() {
	[ $# -gt 0 ] || return 0
	if ! has apt-get; then
		say "this machine has no apt: install with its own package manager what corresponds to: $*"
		return 0
	fi
	say "installing: $*"
	local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@")
	if as_root "${install[@]}" >/dev/null 2>&1; then
		return 0
	fi
	# Package lists may be absent (fresh container) or stale.
	if as_root apt-get update -qq >/dev/null && as_root "${install[@]}" >/dev/null; then
		return 0
	fi
	say "could not install them; as root: apt-get update && apt-get install $*"
}

# --- Engine

engine_answers() { timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

start_engine() {
	has docker || return 0
	engine_answers && return 0
	if [ -n "${DOCKER_HOST:-}" ]; then
		say "no engine answers at $DOCKER_HOST: tests that need one will not run"
		return 0
	fi
	local log=/var/log/dockerd.log
	if [ -d /run/systemd/system ]; then
		say "starting the Docker engine, as no engine answers (systemctl start docker)"
		as_root systemctl start docker || true
	elif [ "$(id -u)" = 0 ] && has dockerd; then
		say "starting the Docker engine, as no engine answers (its log: $log)"
		setsid nohup dockerd >"$log" 2>&1 </dev/null &
	else
		say "no engine answers, and starting one takes root: tests that need one will not run"
		return 0
	fi
	for _ in $(seq 30); do
		engine_answers && return 0
		sleep 1
	done
	say "the engine does not answer after 30 s: tests that need one will not run"
	if [ -r "$log" ]; then
		tail -n 5 "$log" >&2
	fi
}

# mount_tracefs makes trace points reachable by name, which one of the three ways of
# tracing needs; distributions mount it at boot.
mount_tracefs() {
	if grep -qE ' (tracefs|debugfs) ' /proc/mounts || [ ! -d /sys/kernel/tracing ]; then
		return 0
	fi
	say "mounting tracefs on /sys/kernel/tracing, as it is not mounted"
	as_root mount -t tracefs tracefs /sys/kernel/tracing ||
		say "it cannot be mounted: tracing by named trace points is not tested"
}

check_go
check_build_packages
if [ "$scope" = test ]; then
	check_test_packages
fi
install_packages ${missing[@]+"${missing[@]}"}
if [ "$scope" = test ]; then
	start_engine
	mount_tracefs
fi
