package profiles

import "math"

// Bounds of a file. They are far above what a real service reaches; what is over
// them is hostile or broken.
const (
	MaxFileBytes = 64 << 20 // 64 MiB
	maxDepth     = 8        // nesting of JSON objects and lists
	maxKeys      = 32       // fields of one object

	maxRuns     = 10000 // recordings merged into one profile
	maxEntries  = 1000
	maxItems    = 50000 // rows in one list of evidence
	maxPhases   = 8
	maxArgIndex = 6 // a system call has at most six arguments
	maxCommand  = 256
	maxPrograms = 64 // programs named for one row
	maxOptions  = 32 // of one mount

	maxName   = 256  // service, image, program version …
	maxPath   = 4096 // PATH_MAX
	maxString = 8192 // any string at all
	maxCount  = math.MaxInt32
)
