"""A measurement that fails costs its own rows only."""

import pytest

from archkit.bench.rows import Row, tried
from archkit.errors import UserError

ROW = Row(what="up, s", target="<= 3", measured="2", met=True, n=3)


def test_one_row_and_many_are_both_rows() -> None:
    assert tried("up", lambda: ROW) == [ROW]
    assert tried("up", lambda: (ROW, ROW)) == [ROW, ROW]


@pytest.mark.parametrize(
    ("error", "note"),
    [(UserError("stack bench: must be complete"), "stack bench: must be complete"), (ValueError("x"), "ValueError: x")],
)
def test_a_measurement_that_fails_is_told_and_the_others_go_on(error: Exception, note: str) -> None:
    def fails():
        raise error

    (row,) = tried("primary-killed", fails)

    assert (row.measured, row.met, row.note) == ("not measured", False, note)
