"""Runs one replica."""

import sys

from appkit.serve import serve

from catalogue.application import application
from catalogue.settings import Settings

if __name__ == "__main__":
    sys.exit(serve(Settings.of, application))
