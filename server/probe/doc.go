// Package probe makes all requests that the server sends by itself: it fetches
// pages of portals to see whether our links stand there, and asks destinations
// whether they are alive. It reaches public addresses of the World Wide Web
// alone: whoever can name an address must not be able to look into the network
// that the server stands in. It knows no placements; the caller says which
// hosts may be asked.
package probe
