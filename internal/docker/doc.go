// Package docker is batten's view of a Docker Engine: the few questions it asks
// and the few things it makes the engine do, in batten's own types.
//
// Invariants. It is the only package that imports the Docker client, so nothing
// else depends on the client's types. The API version is negotiated, so that
// Engine 20.10 and later answer alike. Values of environment variables of a
// container leave it only through [Engine.Environment]. Every call ends when its
// context does. Names, labels and command lines come from others and are passed
// on as they are: whoever prints them escapes them.
package docker
