// Package app wires every room together. New opens everything, Listen binds
// the addresses, Run serves until its context ends and then stops in order:
// stop accepting, answer what is in flight, commit, apply, close. Only this
// package knows everyone.
package app
