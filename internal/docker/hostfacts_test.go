package docker

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRoutesAreReadWithoutTheDefaultOne(t *testing.T) {
	got := texts(parseRoutes([]byte("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n" +
		"eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n" +
		"docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n" +
		"eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n" +
		"eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n" +
		"eth1\txyz\t0\t1\t0\t0\t0\t00FFFFFF\t0\t0\t0\nshort\n")))
	if d := cmp.Diff([]string{"172.17.0.0/16", "192.0.2.0/24"}, got); d != "" {
		t.Error(d)
	}
}

func TestFreeNetworksAreThoseThatOverlapWithNothing(t *testing.T) {
	prefixes := func(list ...string) []netip.Prefix {
		var out []netip.Prefix
		for _, one := range list {
			out = append(out, netip.MustParsePrefix(one))
		}
		return out
	}
	for _, c := range []struct {
		pools []pool
		used  []netip.Prefix
		want  int
	}{
		{defaultPools(), nil, 31},
		{defaultPools(), prefixes("172.17.0.0/16", "192.0.2.0/24"), 30},
		{defaultPools(), prefixes("172.20.5.0/29", "192.168.0.0/23", "192.168.16.0/20"), 28},
		{defaultPools(), prefixes("192.168.0.0/16", "172.16.0.0/12"), 0},
		{[]pool{{netip.MustParsePrefix("10.0.0.0/8"), 24}}, nil, maxNetworks},
		{[]pool{{netip.MustParsePrefix("10.0.0.0/30"), 32}}, prefixes("10.0.0.1/32"), 3},
		{[]pool{{netip.MustParsePrefix("fd00::/8"), 64}}, nil, 0},
		{[]pool{{netip.MustParsePrefix("10.0.0.0/24"), 16}}, nil, -1},
		{[]pool{{}}, nil, -1},
	} {
		if got := free(c.pools, c.used); got != c.want {
			t.Errorf("%v less %v: %d, want %d", c.pools, c.used, got, c.want)
		}
	}
}

func TestTheDaemonsSettingsAreReadAsFarAsTheyMakeSense(t *testing.T) {
	got := parseDaemon([]byte(`{"no-new-privileges": true, "log-opts": {"max-size": "10m"}, "other": [1]}`))
	if !got.NoNewPrivileges || got.Log.MaxSize != "10m" {
		t.Errorf("%+v", got)
	}
	for _, bad := range []string{"", "{", `{"no-new-privileges": "yes"}`} {
		if got := parseDaemon([]byte(bad)); got != (daemonSettings{}) {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}
