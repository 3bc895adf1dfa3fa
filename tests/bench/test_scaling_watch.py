"""When a group was told another number of replicas, and what follows from it for the simulator."""

from archkit.bench.scaling_runs import Watch, first_look, start_seconds


def watch(*seen: tuple[float, int, int, float]) -> Watch:
    made = Watch(began=0.0)
    for at, wanted, serving, changed in seen:
        made.add(at, wanted, serving, changed=changed)
    return made


GROWN = watch((26.4, 1, 1, -9.0), (26.7, 3, 1, 26.52), (28.2, 3, 3, 26.52), (36.6, 4, 3, 36.53), (37.8, 4, 4, 36.53))


def test_a_decision_is_known_by_the_swarms_own_time_and_not_by_when_somebody_looked() -> None:
    assert GROWN.decided == [26.52, 36.53]
    assert round(first_look(GROWN), 2) == 1.52


def test_another_clock_and_another_change_meanwhile_move_it_no_further_than_the_samples_around_it() -> None:
    assert watch((1.0, 1, 1, 0.0), (1.25, 2, 1, 40.0), (1.5, 3, 1, -40.0)).decided == [1.25, 1.25]


def test_a_start_lasts_from_the_sample_that_saw_the_decision_to_the_one_that_saw_the_replicas() -> None:
    assert round(start_seconds(GROWN), 2) == 1.5, "both are late by as much on average"


def test_it_counts_how_often_the_number_changed_from_a_moment_on() -> None:
    assert [GROWN.changes(after) for after in (0, 30, 37)] == [2, 1, 0]
