package compose

import (
	"fmt"
	"strconv"

	"batten/plan"
)

// given makes a value of one that a change gives.
func given(v any, by []int) (*value, error) {
	switch v := v.(type) {
	case nil:
		return &value{tag: tagNull, by: by}, nil
	case string:
		return &value{tag: tagString, text: v, by: by}, nil
	case bool:
		return plainValue("!!bool", strconv.FormatBool(v), by), nil
	case int:
		return plainValue("!!int", strconv.Itoa(v), by), nil
	case int64:
		return plainValue("!!int", strconv.FormatInt(v, 10), by), nil
	case []string:
		out := &value{kind: listKind, by: by}
		for _, s := range v {
			out.items = append(out.items, item{&value{tag: tagString, text: s, by: by}, -1})
		}
		return out, nil
	case []any:
		out := &value{kind: listKind, by: by}
		for _, one := range v {
			i, err := given(one, by)
			if err != nil {
				return nil, err
			}
			out.items = append(out.items, item{i, -1})
		}
		return out, nil
	case plan.Map:
		out := &value{kind: mapKind, by: by}
		for _, p := range v {
			one, err := given(p.Value, by)
			if err != nil {
				return nil, err
			}
			if out.at(p.Key) >= 0 {
				return nil, fmt.Errorf("key %q is given twice", p.Key)
			}
			out.put(p.Key, one)
		}
		return out, nil
	}
	return nil, fmt.Errorf("a value of type %T cannot be written", v)
}

func plainValue(tag, text string, by []int) *value {
	return &value{tag: tag, text: text, raw: text, by: by}
}
