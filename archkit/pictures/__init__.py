"""Where pictures come from: designs, saved graphs, previews and deployed stacks."""
