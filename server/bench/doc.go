// Package bench measures, in one run on one machine, what it costs to make a
// click durable before its redirect is sent: it starts a bare Fiber redirect
// and the real server as processes of their own, drives both in turn with the
// same client, and compares them. It knows the real server by its command line
// and its public API alone.
package bench
