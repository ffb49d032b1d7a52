package network

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"batten/plan"
	"batten/project"
)

// drawn writes a division as one line a network: "name! a b", "!" for internal, "/"
// for apart.
func drawn(s Segmentation) []string {
	var out []string
	for _, n := range s.Networks {
		mark := ""
		if n.Internal {
			mark += "!"
		}
		if n.Apart {
			mark += "/"
		}
		out = append(out, n.Name+mark+" "+strings.Join(n.Members, " "))
	}
	return out
}

const threeTier = `
services:
  web: {image: nginx, ports: ["80:80"], depends_on: [app]}
  app: {image: example/app, environment: {DATABASE_URL: "postgres://u@db/x", REDIS_HOST: cache}}
  db: {image: postgres}
  cache: {image: redis}
`

func divide(t *testing.T, f plan.Facts) Segmentation {
	t.Helper()
	return Segment(f, Infer(f, nil), Intent{})
}

func TestEachServerMeetsItsClientsAlone(t *testing.T) {
	f := load(t, t.TempDir(), threeTier)
	s := divide(t, f)
	want := []string{"app_net! app web", "cache_net! app cache", "db_net! app db", "edge web", "egress app"}
	if d := cmp.Diff(want, drawn(s)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"app", "cache", "db", "web"}, s.Unmeasured); d != "" {
		t.Error(d)
	}
}

func TestWhatWasRecordedWithoutTheOutsideIsShutIn(t *testing.T) {
	f := load(t, t.TempDir(), threeTier)
	record(f, "app", "listen 8000", "connect db 5432", "connect cache 6379")
	want := []string{"app_net! app web", "cache_net! app cache", "db_net! app db", "edge web"}
	if d := cmp.Diff(want, drawn(divide(t, f))); d != "" {
		t.Error(d)
	}
	record(f, "app", "connect db 5432", "connect 1.1.1.1 443")
	record(f, "db", "listen 5432", "connect 9.9.9.9 443")
	// The application and the database meet on egress already, and talk there.
	want = []string{"app_net! app web", "cache_net! app cache", "edge web", "egress app db"}
	if d := cmp.Diff(want, drawn(divide(t, f))); d != "" {
		t.Error(d)
	}
}

func TestTwoServicesThatTalkAreDividedToo(t *testing.T) {
	f := load(t, t.TempDir(), `services: {web: {image: x, ports: ["1:1"], depends_on: [db]}, db: {image: postgres}}`)
	if d := cmp.Diff([]string{"db_net! db web", "edge web"}, drawn(divide(t, f))); d != "" {
		t.Error(d)
	}
	one := load(t, t.TempDir(), `services: {db: {image: postgres}}`)
	if s := divide(t, one); s.Needed {
		t.Error("one service is divided", drawn(s))
	}
}

func TestStrangersThatPublishAreKeptApart(t *testing.T) {
	text := `services: {a: {image: x, ports: ["1:1"]}, b: {image: x, ports: ["2:2"]}, c: {image: redis}}`
	f := load(t, t.TempDir(), text)
	s := divide(t, f)
	if d := cmp.Diff([]string{"c_net! c", "edge/ a b"}, drawn(s)); d != "" {
		t.Error(d)
	}
	f.Target = plan.TargetSwarm
	if d := cmp.Diff([]string{"c_net! c", "edge a b"}, drawn(divide(t, f))); d != "" {
		t.Error(d)
	}
}

func TestADividedProjectIsLeftAlone(t *testing.T) {
	f := load(t, t.TempDir(), `
services:
  web: {image: nginx, ports: ["80:80"], depends_on: [app], networks: [front]}
  app: {image: x, depends_on: [db], networks: [front, back]}
  db: {image: postgres, networks: [back]}
networks: {front: {}, back: {}}
`)
	s := divide(t, f)
	if s.Needed || s.Changes() != nil {
		t.Errorf("divided again: %v %v", s.Why, drawn(s))
	}
	if d := cmp.Diff(map[string]string{"back": ""}, s.Closable()); d != "" {
		t.Error(d)
	}
}

func TestClosingNetworksCountsOnThoseThatStayOpen(t *testing.T) {
	f := load(t, t.TempDir(), `
services:
  app: {image: x, depends_on: [db, cache], networks: [one, two]}
  db: {image: postgres, networks: [one]}
  cache: {image: redis, networks: [two]}
networks: {one: {}, two: {}}
`)
	s := divide(t, f)
	if d := cmp.Diff(map[string]string{"one": "", "two": "app"}, s.Closable()); d != "" {
		t.Error(d)
	}
}

func TestUnmeasuredNeighboursWaitForARecording(t *testing.T) {
	f := load(t, t.TempDir(), `services: {a: {image: x, depends_on: [b]}, b: {image: x}, c: {image: x}}`)
	s := divide(t, f)
	if s.Needed || len(s.Hidden) != 1 {
		t.Errorf("needed %v, hidden %v", s.Needed, s.Hidden)
	}
}

func TestWhatCannotBeReplacedStays(t *testing.T) {
	text := `
services:
  web: {image: nginx, ports: ["80:80"], depends_on: [app], networks: {default: {}, proxy: {aliases: [shop]}}}
  app: {image: x, depends_on: [db, dns], networks: [default, lan]}
  db: {image: postgres}
  dns: {image: x, networks: {lan: {ipv4_address: "${DNS:-10.5.0.2}"}}}
  vpn: {image: x, ports: ["9:9"]}
  rider: {image: x, network_mode: "service:vpn", depends_on: [db]}
  host: {image: x, network_mode: host, depends_on: [db]}
networks:
  proxy: {external: true}
  lan: {ipam: {config: [{subnet: 10.5.0.0/24}]}}
`
	f := load(t, t.TempDir(), text)
	s := divide(t, f)
	want := []string{"app_net! app web", "db_net! app db vpn", "edge/ vpn web"}
	if d := cmp.Diff(want, drawn(s)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]string{"host": "it uses the network of the machine"}, s.LeftOut); d != "" {
		t.Error(d)
	}
	after := apply(t, text, s.Changes())
	for _, part := range []string{"shop", "${DNS:-10.5.0.2}", "10.5.0.0/24", "external: true"} {
		if !strings.Contains(after, part) {
			t.Errorf("%q is gone from\n%s", part, after)
		}
	}
}

func TestNamesGoAlong(t *testing.T) {
	text := `
services:
  web: {image: nginx, ports: ["80:80"], links: ["db:database", "app:db2"], environment: {U: "http://app.shop_flat:1"}, networks: [flat]}
  app: {image: x, hostname: apphost, networks: {flat: {aliases: [api]}}}
  db: {image: postgres, container_name: pg, networks: [flat]}
networks: {flat: {driver_opts: {com.docker.network.driver.mtu: "1400"}}}
`
	f := load(t, t.TempDir(), text)
	s := divide(t, f)
	got := map[string]any{}
	for _, c := range s.Changes() {
		if c.Op == plan.Set {
			got[c.Path.String()] = plainValue(c.Value)
		}
	}
	aliases := func(names ...any) map[string]any { return map[string]any{"aliases": names} }
	mtu := map[string]any{"com.docker.network.driver.mtu": "1400"}
	want := map[string]any{
		"services.web.networks": []any{"app_net", "db_net", "edge"},
		"services.app.networks": map[string]any{"app_net": aliases("api", "app.shop_flat", "apphost", "db2"), "egress": aliases("api", "app.shop_flat", "apphost", "db2")},
		"services.db.networks":  map[string]any{"db_net": aliases("database")},
		"networks.app_net":      map[string]any{"internal": true, "driver_opts": mtu},
		"networks.db_net":       map[string]any{"internal": true, "driver_opts": mtu},
		"networks.edge":         map[string]any{"driver_opts": mtu},
		"networks.egress":       map[string]any{"driver_opts": mtu},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"flat"}, s.Removed); d != "" {
		t.Error(d)
	}
}

func TestNewNamesMeetNoOldOnes(t *testing.T) {
	f := load(t, t.TempDir(), `
services:
  web: {image: nginx, ports: ["80:80"], depends_on: [db]}
  db: {image: postgres}
networks: {edge: {external: true}, db_net: {}}
`)
	if d := cmp.Diff([]string{"db_net2! db web", "edge2 web"}, drawn(divide(t, f))); d != "" {
		t.Error(d)
	}
}

func TestAStackGetsEncryptedOverlays(t *testing.T) {
	f := load(t, t.TempDir(), threeTier)
	f.Target = plan.TargetSwarm
	for _, one := range []struct {
		intent Intent
		want   string
	}{
		{Intent{}, `{"driver":"overlay","internal":true,"driver_opts":{"encrypted":""}}`},
		{Intent{Plaintext: true}, `{"driver":"overlay","internal":true}`},
	} {
		s := Segment(f, Infer(f, nil), one.intent)
		got, err := s.Declaration(s.Networks[0]).MarshalJSON()
		if err != nil || string(got) != one.want {
			t.Errorf("%s, want %s (%v)", got, one.want, err)
		}
	}
}

func TestAClosedStoreIsNotPublic(t *testing.T) {
	f := load(t, t.TempDir(), `services: {web: {image: x, ports: ["1:1"], depends_on: [db]}, db: {image: postgres, ports: ["5432:5432"]}}`)
	s := Segment(f, Infer(f, nil), Intent{Closed: map[string]bool{"db": true}})
	if d := cmp.Diff([]string{"db_net! db web", "edge web"}, drawn(s)); d != "" {
		t.Error(d)
	}
}

func TestSubnetsAreSmallAndFree(t *testing.T) {
	var b strings.Builder
	b.WriteString("services:\n  web: {image: nginx, ports: ['80:80'], depends_on: [")
	for i := range 40 {
		fmt.Fprintf(&b, "db%d, ", i)
	}
	b.WriteString("]}\n")
	for i := range 40 {
		fmt.Fprintf(&b, "  db%d: {image: postgres, scale: %d}\n", i, 1+i)
	}
	f := load(t, t.TempDir(), b.String())
	f.Project.Host = project.Host{Known: true, FreeNetworks: 41, Subnets: []string{"172.30.0.0/17", "172.29.4.0/22", "10.0.0.0/9", "fe80::/10"}}
	if s := divide(t, f); s.Networks[0].Subnet != "" {
		t.Error("the pools hold 41 networks, and subnets are explicit")
	}
	f.Project.Host.FreeNetworks = 40
	s := divide(t, f)
	var seen []netip.Prefix
	for _, text := range f.Project.Host.Subnets {
		seen = append(seen, netip.MustParsePrefix(text))
	}
	for _, n := range s.Networks {
		p, err := netip.ParsePrefix(n.Subnet)
		if err != nil || p != p.Masked() || !p.Addr().IsPrivate() {
			t.Fatalf("%s: %q: %v", n.Name, n.Subnet, err)
		}
		for _, other := range seen {
			if p.Overlaps(other) {
				t.Errorf("%s overlaps %s", p, other)
			}
		}
		seen = append(seen, p)
		if room := 1<<(32-p.Bits()) - 3; room < s.containers(n.Members) {
			t.Errorf("%s has room for %d of %d containers", p, room, s.containers(n.Members))
		}
	}
	if again := divide(t, f); cmp.Diff(s.Networks, again.Networks) != "" {
		t.Error("the same project gets other subnets")
	}
}

func TestFullRangesLeaveSubnetsToTheEngine(t *testing.T) {
	a := allocator{[]netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}, stretches("x")}
	if got := a.next(28); got != "" {
		t.Error(got)
	}
}

func TestRepositoriesAreComparedInFull(t *testing.T) {
	for image, want := range map[string]string{
		"postgres":                           "docker.io/library/postgres",
		"postgres:16@sha256:ab":              "docker.io/library/postgres",
		"evil/postgres":                      "docker.io/evil/postgres",
		"localhost:5000/postgres:1":          "localhost:5000/postgres",
		"index.docker.io/Library/Redis":      "docker.io/library/redis",
		"docker.io/redis":                    "docker.io/library/redis",
		"quay.io/coreos/etcd:v3":             "quay.io/coreos/etcd",
		"registry.example.com:5000/a/b/c:v1": "registry.example.com:5000/a/b/c",
		"":                                   "",
	} {
		if got := Repository(image); got != want {
			t.Errorf("%s: %s, want %s", image, got, want)
		}
	}
}

// What a resolver, a health check and the C library's sorting of addresses connect to
// lies in the container itself: such a service is no less a store.
func TestAStoreThatCallsItselfIsAStore(t *testing.T) {
	f := load(t, t.TempDir(), `
services:
  data: {image: x}
  relay: {image: x}
`)
	record(f, "data", "listen 5432", "connect 127.0.0.11 53", "connect 127.0.0.1 5432", "connect 0.0.0.0 5432", "connect :: 5432")
	record(f, "relay", "listen 5432", "connect data 5432")
	for _, s := range f.Project.Services {
		if _, _, ok := Store(f, s); ok != (s.Name == "data") {
			t.Errorf("%s: %v", s.Name, ok)
		}
	}
}
