package access

import (
	"sync"
	"time"
)

// keyCache remembers keys for keyCacheLife, at most keyCacheSize of them.
type keyCache struct {
	mu         sync.Mutex
	byHash     map[string]cachedKey
	generation uint64 // grows with every drop
}

type cachedKey struct {
	key   Key
	until time.Time
}

func newKeyCache() *keyCache { return &keyCache{byHash: map[string]cachedKey{}} }

// find also returns the generation to hand to keep.
func (c *keyCache) find(hash string, now time.Time) (Key, uint64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.byHash[hash]
	return found.key, c.generation, ok && now.Before(found.until)
}

// keep remembers a key unless any was dropped since its generation: it may
// have been read before it was revoked.
func (c *keyCache) keep(hash string, k Key, now time.Time, generation uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation != generation {
		return
	}
	if len(c.byHash) >= keyCacheSize {
		clear(c.byHash)
	}
	c.byHash[hash] = cachedKey{key: k, until: now.Add(keyCacheLife)}
}

func (c *keyCache) drop(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	for hash, cached := range c.byHash {
		if cached.key.ID == id {
			delete(c.byHash, hash)
		}
	}
}
