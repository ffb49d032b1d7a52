package secrets

import (
	"strings"
	"testing"
)

func TestWhatAServiceIsHandedOnKeepsItsName(t *testing.T) {
	p := compose(t, `services:
  app:
    image: x
    environment:
      J_PASSWORD: "back\\slash9"
      K_PASSWORD: ${KPW:-it's9}
      L_PASSWORD: ${LPW:-it's8}
  pass:
    image: x
    environment:
      - J_PASSWORD
      - OTHER=${LPW}
    build:
      context: .
      args:
        KPW:
`)
	text := shown(Migrate(p, Find(p), always, options))
	for _, name := range []string{"J_PASSWORD", "KPW", "LPW"} {
		if strings.Contains(text, name+"='") {
			t.Errorf("%s is set for all", name)
		}
	}
	if !strings.Contains(text, "J_PASSWORD_2='") {
		t.Error("the value is in no variable")
	}
}

func TestTheNoteSaysThatACredentialIsEmptyWithoutItsFile(t *testing.T) {
	p := compose(t, "services:\n  a:\n    image: x\n    labels:\n      a.token: tiger9\n")
	for _, m := range Migrate(p, Find(p), always, options) {
		if !strings.Contains(strings.Join(m.Fix.Notes, "\n"), "starts with an EMPTY credential unless") {
			t.Error("nothing says so")
		}
	}
}
