package secrets

import "testing"

func TestACommentWithAKnownValueIsNamed(t *testing.T) {
	p := compose(t, `services:
  # old: tiger9tiger
  a: # image
    image: x#y
    environment:
      A_PASSWORD: tiger9tiger # not tiger9tigers
      B_PASSWORD: abc # abc
      C: x # "tiger9tiger"
`)
	got := Comments(p, Find(p))
	if len(got) != 2 || got[0] != (Comment{0, 2, 3}) || got[1] != (Comment{0, 8, 12}) {
		t.Errorf("%+v", got)
	}
}
