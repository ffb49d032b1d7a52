package plan

// Artifact is one generated file.
type Artifact struct {
	Path    string // relative to the project's folder, with slashes
	Mode    uint32 // permission bits
	UID     *int   // owner; nil leaves the folder's owner
	Content []byte
	// Secret content is written and never shown.
	Secret bool
	What   string // one word or two for people: "compose file", "seccomp profile"
	// Why holds, for lines that batten wrote or changed, the IDs of the findings
	// behind them. Lines are 1-based and of Content.
	Why []LineReason
}

// LineReason ties lines of an artifact to the findings that made them.
type LineReason struct {
	First, Last int // lines, inclusive; Last < First stands for lines taken away before First
	Findings    []string
}
