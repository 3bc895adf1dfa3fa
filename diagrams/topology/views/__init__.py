"""The pictures of one model: context, logical, deployment, security, inventory."""
