"""What only one target can be told; a design never sees it."""

from components.settings.aws import Architecture, AwsSettings, Nat, PriceClass
from components.settings.local import LocalSettings

__all__ = ["Architecture", "AwsSettings", "LocalSettings", "Nat", "PriceClass"]
