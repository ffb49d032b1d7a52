#!/usr/bin/env bash
# build.sh makes the image batten-test/services:1 that the tests record and
# enforce: a minimal Debian with nginx, Redis, PostgreSQL and Python, whose entry
# scripts (rootfs/) do at start what official images do.
#
# It pulls nothing from an image registry: debootstrap and docker import are
# enough, from the package mirror that this machine already uses. When an image
# made from the same script and files is there, it does nothing.
#
# Usage: build.sh [--force]
set -euo pipefail

image=batten-test/services:1
suite=bookworm
label=batten.test.source
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

say() { printf 'services image: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# source_hash names the inputs, so that a changed script or file rebuilds.
source_hash() {
	(cd "$here" && find build.sh rootfs -type f -print0 | LC_ALL=C sort -z |
		xargs -0 sha256sum | sha256sum | cut -c1-32)
}

# host_mirror prints the mirror that this machine's apt takes Debian from; it
# prints nothing on other distributions, where debootstrap's default serves.
host_mirror() {
	command -v apt-get >/dev/null || return 0
	# shellcheck disable=SC2016 # these are apt's variables
	apt-get indextargets \
		--format '$(LABEL)|$(COMPONENT)|$(REPO_URI)|$(CODENAME)' \
		'Created-By: Packages' 2>/dev/null |
		awk -F'|' '$1 == "Debian" && $2 == "main" && $4 !~ /-/ && $3 ~ /^http/ { print $3; exit }'
}

# apart runs a command in mount and process namespaces of its own: its mounts
# cannot stay behind, and whatever a package starts ends with it.
apart() { unshare --mount --pid --fork --kill-child -- "$@"; }

need_tools() {
	[ "$(id -u)" = 0 ] || die "needs root, for debootstrap; run it with sudo"
	command -v debootstrap >/dev/null && return 0
	command -v apt-get >/dev/null || die "needs debootstrap; install it with your package manager"
	say "installing debootstrap, which makes the file system"
	apt-get install -y --no-install-recommends debootstrap debian-archive-keyring >/dev/null 2>&1 ||
		{ apt-get update >/dev/null && apt-get install -y --no-install-recommends \
			debootstrap debian-archive-keyring >/dev/null; }
}

# quietly shows a command's output only when it fails.
quietly() {
	"$@" >>"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; die "failed: $*"; }
}

make_root() {
	local mirror
	mirror=$(host_mirror)
	say "unpacking Debian $suite from ${mirror:-the default mirror of debootstrap}"
	quietly apart debootstrap --variant=minbase "$suite" "$root" ${mirror:+"$mirror"}

	# Nothing may start while packages are installed, documentation is not
	# needed, and a throw-away tree need not be flushed to disk.
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	printf '%s\n' force-unsafe-io 'path-exclude=/usr/share/doc/*' 'path-exclude=/usr/share/man/*' \
		'path-exclude=/usr/share/locale/*' >"$root/etc/dpkg/dpkg.cfg.d/test-image"
	install -d "$root/etc/postgresql-common"
	echo 'create_main_cluster = false' >"$root/etc/postgresql-common/createcluster.conf"
	cp --dereference /etc/resolv.conf "$root/etc/resolv.conf"

	say "installing nginx, Redis, PostgreSQL and Python into it"
	quietly apart chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH="$PATH:/usr/sbin:/sbin" \
		sh -c 'apt-get update && apt-get install -y --no-install-recommends nginx-light redis-server postgresql python3-minimal python3-psycopg2 python3-redis'
}

# finish_root puts in the entry scripts and what the workloads ask for.
finish_root() {
	cp -R "$here/rootfs/." "$root/"
	chown -R root:root "$root/usr/local"
	chmod 755 "$root"/usr/local/bin/*
	(cd "$root" && for binary in usr/lib/postgresql/*/bin/*; do
		ln -sf "/$binary" usr/local/bin/
	done)

	# As in official images: logs go to the container's output.
	ln -sf /dev/stdout "$root/var/log/nginx/access.log"
	ln -sf /dev/stderr "$root/var/log/nginx/error.log"
	echo 'batten test page' >"$root/var/www/html/index.html"
	# Longer than a socket buffer, so that sendfile has to wait and resume.
	head -c 8388608 /dev/zero >"$root/var/www/html/large.bin"
	install -d -o 0 -g 0 "$root/data"

	rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/*.log \
		"$root/usr/sbin/policy-rc.d" "$root/etc/resolv.conf" "$root/etc/hostname"
}

import_root() {
	local before
	before=$(docker image inspect --format '{{.Id}}' "$image" 2>/dev/null || true)
	say "importing it as $image"
	tar --create --directory "$root" --numeric-owner --one-file-system \
		--exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' . |
		docker import \
			--change "LABEL $label=$hash" \
			--change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
			--change 'CMD ["bash"]' \
			- "$image" >/dev/null
	# The one it replaces has no name any more; a container may still use it.
	if [ -n "$before" ]; then
		docker image rm "$before" >/dev/null 2>&1 || true
	fi
}

command -v docker >/dev/null || die "needs the docker command"
hash=$(source_hash)

# Two test packages may ask at once: the second waits, then finds the image.
exec 9<"$here/build.sh"
flock 9

have=$(docker image inspect --format "{{index .Config.Labels \"$label\"}}" "$image" 2>/dev/null || true)
if [ "$have" = "$hash" ] && [ "${1:-}" != --force ]; then
	say "$image is up to date"
	exit 0
fi

need_tools
started=$SECONDS
# /var/tmp, for /tmp is often mounted nodev or is memory.
work=$(mktemp -d /var/tmp/batten-test-image.XXXXXXXX)
root=$work/root
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM
mkdir "$root"
chmod 755 "$root"
make_root
finish_root
import_root
say "$image made in $((SECONDS - started)) s"
