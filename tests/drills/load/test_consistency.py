"""The checker must find each lie, and accuse nobody who told the truth."""

from archkit.drills.load import Read, Record, Write, check


def wrote(identity: str, *, answered: bool = True, refused: bool = False, at: float = 0.0) -> Record:
    return Record(Write(identity), at, at + 0.1, answered, refused)


def test_an_honest_system_is_cleared() -> None:
    result = check([wrote("a"), wrote("b")], {"a": 1, "b": 1})

    assert result.holds
    assert (result.attempted, result.acknowledged, result.unknown) == (2, 2, 0)


def test_an_acknowledged_write_that_is_absent_is_lost_with_its_time() -> None:
    result = check([wrote("a", at=1), wrote("b", at=2), wrote("c", at=3)], {"b": 1})

    assert result.lost.examples == ("a", "c")
    assert (result.first_lost_at, result.last_lost_at) == (1.1, 3.1)
    assert not result.holds


def test_a_write_that_is_there_twice_is_a_duplicate() -> None:
    result = check([wrote("a"), wrote("b")], {"a": 2, "b": 1})

    assert result.duplicates.examples == ("a",)
    assert not result.holds


def test_an_unanswered_write_is_unknown_and_may_be_there_or_not() -> None:
    result = check([wrote("a", answered=False), wrote("b", answered=False)], {"a": 1})

    assert (result.unknown, result.unknown_kept, result.lost.count) == (2, 1, 0)
    assert result.holds, "a client that got no answer was told nothing that could be false"


def test_an_unanswered_write_that_is_there_twice_is_still_a_duplicate() -> None:
    assert check([wrote("a", answered=False)], {"a": 2}).duplicates.count == 1


def test_a_refused_write_that_is_there_is_a_phantom() -> None:
    result = check([wrote("a", answered=False, refused=True)], {"a": 1, "never tried": 1})

    assert result.phantoms.examples == ("a", "never tried")
    assert result.unknown == 0
    assert not result.holds


def test_only_the_newest_version_of_an_overwritten_key_must_be_there() -> None:
    history = [Record(Write(f"k{n}", "k", n), n, n + 0.5, True) for n in (1, 2, 3)]

    assert check(history, {"k3": 1}).holds
    assert check(history, {"k2": 1}).lost.examples == ("k3",)
    assert check(history, {}).lost.count == 3


def test_a_client_that_does_not_see_its_own_write_read_stale_data() -> None:
    history = [
        Record(Write("w", "k", 5, "s"), 0.0, 1.0, True),
        Record(Read("k", 4, "s"), 1.0, 1.1, True),
        Record(Read("k", 4, "another client"), 1.0, 1.1, True),
    ]

    result = check(history, {"w": 1})

    assert result.stale_reads.examples == ("k 4 after 5",), "read-your-writes binds the writing session only"
    assert not result.holds


def test_a_read_that_began_before_the_write_was_acknowledged_may_miss_it() -> None:
    history = [Record(Write("w", "k", 5, "s"), 0.0, 1.0, True), Record(Read("k", 0, "s"), 0.9, 1.1, True)]

    assert check(history, {"w": 1}).holds


def test_a_read_that_goes_back_in_time_is_found() -> None:
    history = [Record(Read("k", 7, "s"), 0.0, 0.1, True), Record(Read("k", 6, "s"), 0.2, 0.3, True)]

    result = check(history, {})

    assert result.backward_reads.examples == ("k 6 after 7",)
    assert result.stale_reads.count == 0
    assert not result.holds


def test_overlapping_and_unanswered_reads_are_in_no_order() -> None:
    history = [
        Record(Read("k", 7, "s"), 0.0, 0.3, True),
        Record(Read("k", 6, "s"), 0.2, 0.4, True),
        Record(Read("k", 0, "s"), 0.5, 0.6, False),
    ]

    assert check(history, {}).holds
