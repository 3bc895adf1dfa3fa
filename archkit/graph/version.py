"""The version of `graph.json`'s form: another one is refused, never guessed at."""

VERSION = 1
