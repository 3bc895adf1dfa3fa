"""What `archkit purge` takes for a path, for a tag, and for neither."""

import pytest

from archkit.errors import UserError
from archkit.purge.request import Purge


@pytest.mark.parametrize("text", ["/", "/a/b.css", "/news/*"])
def test_what_begins_with_a_slash_is_a_path(text: str) -> None:
    assert Purge.parse(text) == Purge(path=text)


def test_anything_else_is_a_tag() -> None:
    assert Purge.parse("product:17") == Purge(tag="product:17")


@pytest.mark.parametrize("text", ["/a?b", "/a b", "/*/b", '/"', "/a\r\nX: y", "", "a b", "-", "a\nb", "ä"])
def test_what_would_be_something_else_in_a_request_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="purge"):
        Purge.parse(text)
