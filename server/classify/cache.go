package classify

import (
	"strings"

	gocache "github.com/patrickmn/go-cache"
)

// cache remembers what was found in a User-Agent. go-cache has no bound on its
// size, so there are two of half the size: when the younger is full it becomes
// the older, whose entries move over as they are asked for again.
type cache struct {
	young, old *gocache.Cache
	half       int
}

func newCache(size int) *cache {
	return &cache{young: newGeneration(), old: newGeneration(), half: max(1, size/2)}
}

func newGeneration() *gocache.Cache { return gocache.New(gocache.NoExpiration, 0) }

func (c *cache) get(ua string, find func(ua string) *finding) *finding {
	if v, ok := c.young.Get(ua); ok {
		return v.(*finding)
	}
	f, ok := (*finding)(nil), false
	ua = strings.Clone(ua) // the caller's may be a piece of a large buffer
	if v, found := c.old.Get(ua); found {
		f, ok = v.(*finding), true
	}
	if !ok {
		f = find(ua)
	}
	if c.young.ItemCount() >= c.half {
		c.young, c.old = newGeneration(), c.young
	}
	c.young.SetDefault(ua, f)
	return f
}
