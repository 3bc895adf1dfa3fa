"""Whether the log in a repository is whole, from its newest whole copy on: if not, only another copy helps."""

import re
from collections.abc import Iterable

_SEGMENT = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})-[0-9a-f]{40}")
_HISTORY = re.compile(r"([0-9A-F]{8})\.history")
_SEGMENTS_A_FILE = 0x100  # of 16 MB each: PostgreSQL's default, which the kit leaves


def missing(files: Iterable[str], *, since: str) -> list[str]:
    """What is not there: segments by number, whatever timeline they were written on, and how timelines follow.

    A database that was restored goes on in a timeline of its own. Without the file that says where it begins PostgreSQL
    does not find its log, though all segments are there.

    Args:
        files: Names of files in the repository's archive.
        since: The segment with which the newest whole copy begins.

    """
    names = list(files)
    segments = {(int(one[1], 16), _number(one[0])) for one in map(_SEGMENT.match, names) if one}
    begin = _number(since)
    later = {number for _, number in segments if number >= begin}
    gone = sorted(set(range(begin, max(later, default=begin) + 1)) - later)
    told = {int(one[1], 16) for one in map(_HISTORY.match, names) if one}
    first = int(since[:8], 16)
    newest = max((timeline for timeline, number in segments if number >= begin), default=first)
    unknown = [timeline for timeline in range(first + 1, newest + 1) if timeline not in told]
    return [*(f"segment {_name(one)}" for one in gone), *(f"history of timeline {one}" for one in unknown)]


def _number(segment: str) -> int:
    return int(segment[8:16], 16) * _SEGMENTS_A_FILE + int(segment[16:24], 16)


def _name(number: int) -> str:
    return f"{number // _SEGMENTS_A_FILE:08X}{number % _SEGMENTS_A_FILE:08X}"
