// Package tui is batten's terminal program: overview, trace, plan and files of one
// project, on the same engine as the command line.
//
// There is one Bubble Tea model, [model]. Screens are plain values that place panes;
// the model draws the panes, moves in them and keeps dialogs. What a key does stands in
// one table of verbs, from which the footer, the help, the palette and the manual's page
// of keys are made.
//
// Invariants. Update does no input or output: work goes through commands, which never
// touch the model. Every text passes [clean] on its way to the screen, so that nothing
// that a traced program, a compose file or a label says moves a cursor or takes a cell
// that it should not. A frame is exactly as large as its screen. Nothing is said by
// colour alone. Files are written in one place, after a dialog that lists them.
package tui
