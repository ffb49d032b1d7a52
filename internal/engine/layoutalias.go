package engine

import "batten/plan/network"

// How a project is connected, for whoever draws it.
type (
	Layout        = network.Layout
	LayoutNetwork = network.LayoutNetwork
	LayoutService = network.LayoutService
)
