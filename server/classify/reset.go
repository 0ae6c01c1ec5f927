package classify

// Reset forgets the clicks remembered for the rule of repeats. What is known
// of User-Agents is kept.
func (c *Classifier) Reset() { c.memory = newMemory(maxRemembered) }
