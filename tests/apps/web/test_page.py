"""The page in parts and the static files: what every cache on the way is told, and names that hold."""

import re

import pytest
from webapp import assets, parts


def hashed() -> dict[str, str]:
    return assets.references()


@pytest.mark.parametrize("path", [path for path in sorted(assets.FOLDER.iterdir()) if path.is_file()], ids=str)
def test_a_file_bears_the_hash_of_its_content(path) -> None:
    stem, found, suffix = path.name.split(".")

    assert found == assets.digits(path), (
        f"rename it to {stem}.{assets.digits(path)}.{suffix}: caches keep it for a year"
    )


def test_every_page_refers_to_files_that_are_there(client) -> None:
    pages = [client.get(path, headers={"accept": "text/html"}).text for path in ("/", "/page/")]
    pages += [path.read_text() for path in sorted(assets.FOLDER.rglob("*.html"))]
    for page in pages:
        named = re.findall(r'"(/static/[^"]+)"', page)
        assert named, page
        for one in named:
            assert client.get(one).status_code == 200, one


def test_pages_keep_to_the_cdns_policy_of_content(client) -> None:
    """`default-src 'self'`: what stands inline would be dropped by the browser."""
    for path in ("/", "/page/"):
        page = client.get(path, headers={"accept": "text/html"}).text
        assert not re.search(r"<style|style=|<script>|onclick=|javascript:", page), path


def test_static_files_are_kept_as_long_as_their_names_allow(client) -> None:
    assert client.get(hashed()["style.css"]).headers["cache-control"] == assets.IMMUTABLE
    assert client.get("/static/errors/503.html").headers["cache-control"] == assets.CHANGING
    assert client.get("/static/none.css").status_code == 404
    assert client.get("/static/../webapp/parts.py").status_code == 404


def test_each_part_has_a_time_to_live_of_its_own(client) -> None:
    said = {one.name: client.get(f"/page/{one.name}").headers["cache-control"] for one in parts.PARTS}

    assert "max-age=5," in said["headlines"]
    assert "max-age=3600," in said["about"]
    assert said["visitor"] == "private, no-store"
    frame = client.get("/page/")
    assert "max-age=60," in frame.headers["cache-control"]
    assert frame.headers["cache-tag"] == "page"
    assert "$" not in frame.text, "nothing of the template is left"
    for one in parts.PARTS:
        assert f'data-part="/page/{one.name}"' in frame.text


def test_what_outlives_its_origin_says_so(client) -> None:
    for path in ("/page/", "/page/headlines", "/page/about"):
        assert "stale-if-error" in client.get(path).headers["cache-control"], path


def test_a_part_that_is_none_is_not_there(client) -> None:
    assert client.get("/page/weather").status_code == 404
