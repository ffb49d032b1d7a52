package secrets

import (
	"strings"
	"testing"
)

// maskedFile has each spelling of a value.
const maskedFile = `services:
  app:
    image: x
    environment:
      A_PASSWORD: 'Zq71it''s-Zq7fine'
      B_PASSWORD: "Zq72\"Zq7quo\"x"
      C_PASSWORD: "Zq73\tZq7tab"
      D_PASSWORD: "Zq74\u00fcn\u00efx"
      F_PASSWORD: "Zq76 folded
        Zq7over lines"
      G_PASSWORD: >-
        Zq77 folded
        Zq7block
      H_PASSWORD: Zq78 plain
        Zq7over lines
      I_PASSWORD: "Zq79 esc\
        Zq7aped"
      L_PASSWORD: "${LPW:-Zq7l\"y}"
      N_URL: 'http://user:Zq7n@host/it''s'
      O_PASSWORD: !!str Zq7o1
      P_PASSWORD: &pp Zq7p1
      Q_PASSWORD: ${ANYTHING:-Zqword}
    command: sh -c "mysql -pZqword && redis-cli -a Zqword && curl -u me:Zqpair x"
    healthcheck:
      test: ["CMD", "mysqladmin", "ping", "-pZqword"]
    labels: {app.token: Zqflow, other: keep}
`

func TestNoLineOfAFileShowsItsCredentials(t *testing.T) {
	p := compose(t, maskedFile)
	m := NewMaskerFor(p)
	for line := range strings.Lines(string(p.Sources[0].Data)) {
		for _, sign := range []string{"", "-"} {
			got := m.Mask(sign + line)
			if strings.Contains(got, "Zq") {
				t.Errorf("line %q shows a credential", strings.TrimSpace(strings.SplitN(line, ":", 2)[0]))
			}
			if !strings.Contains(line, "Zq") && got != sign+line {
				t.Errorf("%q becomes %q", line, got)
			}
		}
	}
	if got := m.Mask("    labels: {app.token: Zqflow, other: keep}"); got != "    labels: {app.token: "+masked+", other: keep}" {
		t.Errorf("%q", got)
	}
}
