"""Draws the checked-in pictures again: the same as `archkit diagram`, with the same options."""

import sys

from archkit.cli.main import main

if __name__ == "__main__":
    sys.argv[1:1] = ["diagram"]
    main()
