"""A package, so that what its tests share is removed once the last of them has run."""
