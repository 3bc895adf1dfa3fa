"""What rules work with: facts of a graph, and the model while it is being made."""
