"""Whose signature a server's certificate needs."""

from __future__ import annotations

import os
import tempfile
import urllib.request
from pathlib import Path

RDS_BUNDLE = "rds-global-bundle.pem"
# Amazon RDS User Guide, "Using SSL/TLS to encrypt a connection"; its own certificate is one that Debian's trust.
RDS_BUNDLE_ADDRESS = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"
SECONDS = 10


def authority(path: str) -> str:
    """The file with the authorities; RDS's own, which no distribution has, are fetched where the image lacks them.

    Raises:
        FileNotFoundError: It is another file, and is not there.

    """
    if Path(path).is_file():
        return path
    if Path(path).name != RDS_BUNDLE:
        raise FileNotFoundError(f"{path}: must be there; certificates cannot be checked without it")
    kept = Path(tempfile.gettempdir()) / RDS_BUNDLE
    if not kept.is_file():
        with urllib.request.urlopen(RDS_BUNDLE_ADDRESS, timeout=SECONDS) as answer:
            content = answer.read()
        with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as made:
            made.write(content)
        os.replace(made.name, kept)  # noqa: PTH105 - two at once never see half of it
    return str(kept)
