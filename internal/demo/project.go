package demo

import (
	"embed"
	"io/fs"
)

// The project's files are named one by one: what is beside them is about them, and no
// part of the project.
//
//go:embed shop/compose.yaml shop/workload.sh shop/web shop/app shop/db shop/cache shop/hardened
var shop embed.FS

// Project is the bundled compose project: a careless shop of four services, with the
// recordings that batten made of it. Programs in it end in ".sh".
func Project() fs.FS {
	files, err := fs.Sub(shop, "shop")
	if err != nil {
		panic(err) // the name is a constant
	}
	return files
}
