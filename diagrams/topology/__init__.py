"""Architecture diagrams from a resource graph."""
