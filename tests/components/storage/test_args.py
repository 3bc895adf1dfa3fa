"""What a caller may ask of a storage, and which files it serves how."""

from pathlib import Path

import pytest

from components.errors import InvalidArgsError
from components.storage import StorageArgs
from components.storage.files import file_problems, stored_files

ARGS = StorageArgs(folder="web/static")


def folder(apps: Path, *names: str) -> Path:
    for name in names:
        path = apps / "web" / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return apps


def test_bad_values_are_told_at_once() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        StorageArgs(folder="../secrets", prefix="static", max_age_seconds=-1)

    assert refused.value.problems == (
        "storage/folder: must be a folder below stacks/apps, such as 'web/static', got '../secrets'; "
        "a design serves its own files only",
        "storage/prefix: must be a path with a slash at both ends, such as '/static/', got 'static'; "
        "the files are served under it",
        "storage/max_age_seconds: must be 0 to 31536000, got -1; "
        "a year is the longest that a cache is asked to keep anything",
    )


def test_a_file_named_by_its_hash_never_changes_and_others_do(tmp_path: Path) -> None:
    found = stored_files(ARGS, folder(tmp_path, "app.3f9a1c2b.css", "app.css", "js/main.0123456789abcdef.js.map"))

    assert {one.name: one.cache_control for one in found} == {
        "app.3f9a1c2b.css": "public, max-age=31536000, immutable",
        "app.css": "public, max-age=300",
        "js/main.0123456789abcdef.js.map": "public, max-age=31536000, immutable",
    }


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.html", "text/html; charset=utf-8"),
        ("a.svg", "image/svg+xml; charset=utf-8"),
        ("a.woff2", "font/woff2"),
        ("a.png", "image/png"),
        ("a.unknown", "application/octet-stream"),
    ],
)
def test_the_media_type_follows_from_the_name_on_every_machine(tmp_path: Path, name: str, content_type: str) -> None:
    (one,) = stored_files(ARGS, folder(tmp_path, name))

    assert one.content_type == content_type


def test_hidden_files_are_not_published(tmp_path: Path) -> None:
    found = stored_files(ARGS, folder(tmp_path, "a.css", ".env", ".git/config"))

    assert [one.name for one in found] == ["a.css"]


def test_an_empty_folder_a_strange_name_and_a_link_out_of_it_are_refused(tmp_path: Path) -> None:
    (nothing,) = file_problems("files", ARGS, tmp_path)
    assert nothing == (
        "storage/files/folder: must be a folder with files below stacks/apps, got 'web/static'; nothing would be served"
    )

    folder(tmp_path, "a b.css")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "web" / "static" / "out.txt").symlink_to(tmp_path / "secret")
    told = [one for one in file_problems("files", ARGS, tmp_path) if one]
    assert [one.partition(", got ")[2].partition(";")[0] for one in told] == ["'a b.css'", "the link 'out.txt'"]
