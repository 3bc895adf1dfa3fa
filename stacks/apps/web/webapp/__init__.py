"""A stateless web application: says who answered, does work when asked, and drains before it ends."""
