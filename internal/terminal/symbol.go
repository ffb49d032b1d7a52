package terminal

import (
	"os"
	"strings"
)

// Symbol is a character beyond ASCII where the locale has it, else plain.
func Symbol(pretty, plain string) string {
	if unicodeLocale(os.Getenv) {
		return pretty
	}
	return plain
}

// unicodeLocale reads the locale's character set as setlocale(3) does. Without a
// locale it is C, which is ASCII.
func unicodeLocale(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToLower(getenv(name)); value != "" {
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return false
}
