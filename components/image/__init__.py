"""Container images of a design's applications."""

from components.image.contract import Image, ImageArgs

__all__ = ["Image", "ImageArgs"]
