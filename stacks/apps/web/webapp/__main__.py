"""Runs one replica."""

import sys

from appkit.serve import serve
from appkit.settings import Settings

from webapp.application import application

if __name__ == "__main__":
    sys.exit(serve(Settings.of, application))
