"""Documentation that would otherwise repeat the code: made from it, and held to it by a test."""
