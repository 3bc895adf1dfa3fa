"""A measurement that fails costs its own rows only."""

import pytest

from archkit.bench.rows import Row, kept, tried
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


def test_what_was_measured_is_kept_where_the_removal_afterwards_fails() -> None:
    rows: list[Row] = []
    with kept(rows, "a database made and removed"):
        rows.append(ROW)
        raise UserError("error on wait for container")

    assert rows[0] == ROW
    assert (rows[1].what, rows[1].met, rows[1].note) == (
        "a database made and removed",
        False,
        "error on wait for container",
    )


def test_a_ctrl_c_is_no_failure_of_a_measurement() -> None:
    with pytest.raises(KeyboardInterrupt), kept([], "a database made and removed"):
        raise KeyboardInterrupt
