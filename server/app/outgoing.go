package app

import (
	"net/netip"
	"slices"

	"lensan/server/config"
	"lensan/server/probe"
)

// newProbe returns what makes all requests that the server sends by itself.
func newProbe(c config.Config) *probe.Probe {
	o := probe.Options{Contact: c.Base()}
	if inside := c.ProbeNetworks(); len(inside) > 0 {
		o.Allow = func(at netip.AddrPort) bool {
			return slices.ContainsFunc(inside, func(p netip.Prefix) bool { return p.Contains(at.Addr().Unmap()) })
		}
	}
	return probe.New(o)
}
