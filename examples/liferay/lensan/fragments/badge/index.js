// Nothing to do: the enhancer finds the badge by its address.
