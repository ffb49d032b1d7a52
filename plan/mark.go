package plan

// Mark stands in every text file that batten makes and is how such a file is told
// from one that somebody else wrote.
const Mark = "Written by batten"
