package probe

import "net/netip"

// refused are the blocks of IPv4 and of 2000::/3 that are no public hosts (IANA
// special-purpose registries, RFC 6890) or that carry an IPv4 address within.
var refused = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
	"192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23",         // Teredo, ORCHID and other protocols
	"2001:db8::/32",     // documentation
	"2002::/16",         // 6to4: an IPv4 address within
	"2620:4f:8000::/48", // AS112
	"3fff::/20",         // documentation
)

// unicast is the one block of IPv6 that holds public hosts. Outside of it lie
// ::, ::1, IPv4-compatible addresses, NAT64 (64:ff9b::/96, 64:ff9b:1::/48),
// fc00::/7, fe80::/10, fec0::/10 and ff00::/8.
var unicast = netip.MustParsePrefix("2000::/3")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// public reports whether an address is that of a host on the public internet.
// An IPv4 address mapped into IPv6 is judged as the IPv4 address that it is.
func public(a netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if a.Is6() && !unicast.Contains(a) {
		return false
	}
	for _, p := range refused {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
