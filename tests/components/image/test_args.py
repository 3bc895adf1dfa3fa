"""What a caller may ask of an image, and what the kit says otherwise."""

import pytest

from components.errors import InvalidArgsError
from components.image import ImageArgs


@pytest.mark.parametrize("app", ["", "../etc", "My_App", "a/b"])
def test_an_application_is_a_folders_name(app: str) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        ImageArgs(app=app)

    assert refused.value.problems == (
        f"image/app: must be lower-case letters, digits and single dashes, and begin with a letter, got {app!r}; "
        "it becomes a DNS name on every target",
    )
