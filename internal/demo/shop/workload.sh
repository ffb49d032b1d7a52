#!/bin/sh
# Visits the shop through its front door a few times; every visit has to count.
set -eu
url=${1:-http://127.0.0.1:18080}
for page in / / /nothing / / /; do
	want=200
	[ "$page" = /nothing ] && want=404
	got=$(curl --silent --show-error --output /tmp/shop.$$ --write-out '%{http_code}' "$url$page")
	if [ "$got" != "$want" ]; then
		echo "GET $page: $got instead of $want: $(cat /tmp/shop.$$)" >&2
		exit 1
	fi
done
grep -q '"visits": ' /tmp/shop.$$
rm -f /tmp/shop.$$
