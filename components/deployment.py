"""What the kit tells the program of a deployment, in its environment; light, since both read it before all else."""

FIRST_DEPLOYMENT = "ARCHKIT_FIRST_DEPLOYMENT"  # "1": nothing of it is there yet, or none of it changes
