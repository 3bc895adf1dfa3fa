"""What a scenario is told with: the steady state, the fault and its marks, deadlines, what clients may see."""

from dataclasses import replace

import pytest

from archkit.drills.allowance import Allowance
from archkit.drills.load import Write, check
from archkit.drills.load.history import Record
from archkit.drills.report import Report, run_of
from archkit.drills.report.measures import Gap
from archkit.drills.timeline import FAULT, HEALING
from archkit.errors import UserError

pytestmark = pytest.mark.usefixtures("fast_clock")


def test_a_steady_state_that_holds_is_noted_and_nothing_else(make_drill) -> None:
    drill = make_drill()
    drill.steady(3)

    assert [event.text for event in drill.timeline.events] == ["steady state for 3 s"]


def test_failures_before_the_fault_stop_the_drill(make_drill, support) -> None:
    with pytest.raises(UserError) as caught:
        make_drill(support.FakeLoad(failed_share=0.1)).steady(3)

    (problem,) = caught.value.problems
    assert problem.startswith("drill/steady state: clients must be served without failures before the fault, got ")
    assert "would prove nothing" in problem


def test_a_system_that_hangs_is_no_steady_state_though_nothing_failed_yet(make_drill, support) -> None:
    with pytest.raises(UserError, match=r"clients must be answered before the fault, got .* without an answer so far"):
        # Time-outs come after 5 s: a steady state of 3 s would see none of them.
        make_drill(support.FakeLoad(answered=False)).steady(3)


def test_a_load_that_the_machine_cannot_send_is_told_with_what_was_reached(make_drill, support) -> None:
    with pytest.raises(UserError) as caught:
        make_drill(support.FakeLoad(rate=100), rate=5000).steady(3)

    assert caught.value.problems[0].startswith(
        "load/rate: must be what this machine can send, got 5000 per second; 100 per second were reached;"
    )


def test_a_load_that_says_nothing_any_more_is_no_steady_state(make_drill, support) -> None:
    with pytest.raises(UserError, match="load: must report what clients see, got nothing for 5 s"):
        make_drill(support.FakeLoad(silent=True)).steady(3)


def test_the_fault_is_marked_before_it_is_made_and_its_end_after_it_is_healed(make_drill, support) -> None:
    drill = make_drill()
    marked_before: list[bool] = []
    fault = support.Harmless(before=lambda: marked_before.append(drill.timeline.first(FAULT) is not None))
    with drill.fault(fault):
        assert fault.done == ["made"]
        assert drill.timeline.first(HEALING) is None

    assert marked_before == [True], "what a fault does while it is made must not be taken for the steady state"
    assert fault.done == ["made", "healed"]
    assert drill.timeline.first(HEALING) is not None
    assert drill.journal.entries() == []


@pytest.mark.parametrize("ending", [KeyboardInterrupt, ValueError])
def test_whatever_ends_the_drill_the_fault_is_healed(make_drill, support, ending: type[BaseException]) -> None:
    drill = make_drill()
    fault = support.Harmless()

    def run() -> None:
        with drill.fault(fault):
            raise ending

    with pytest.raises(ending):
        run()

    assert fault.done == ["made", "healed"]
    assert drill.journal.entries() == []


def test_a_fault_that_cannot_be_made_is_told_and_not_made(make_drill, support) -> None:
    fault = support.Harmless(problems=("host local: needs root, got user 1000",))
    with pytest.raises(UserError, match="needs root"), make_drill().fault(fault):
        pass

    assert fault.done == []


def test_a_deadline_counts_from_the_fault_not_from_the_question(make_drill, support, fast_clock) -> None:
    drill = make_drill()
    with drill.fault(support.Harmless()):
        fast_clock.sleep(4)
        assert drill.expect("something", lambda: True, within=3) is False
        assert drill.expect("something else", lambda: True, within=5) is True

    assert drill.missed == ["something within 3 s: it did not come true in time"]


def test_patience_stretches_deadlines_and_gaps(make_drill, fast_clock) -> None:
    drill = make_drill(patience=3)
    drill.clients_may_see(gap_seconds=2)
    began = fast_clock.now
    assert drill.expect("never", lambda: False, within=2) is False

    assert 6 <= fast_clock.now - began < 6.5
    assert drill.allowance.gap_seconds == 6
    assert drill.missed == ["never within 6 s: it did not come true in time"]


def test_the_only_one_is_not_harmed_without_force_and_what_is_lost_is_told(make_drill, web, support) -> None:
    web.run(support.member(1), support.member(1, "edge"))
    with pytest.raises(UserError) as caught:
        make_drill().one("one of web")

    (problem,) = caught.value.problems
    assert "one of web is the only one (web-local-web.1); meanwhile nothing serves web; --force" in problem
    assert make_drill(force=True).one("one of web").name == "web-local-web.1"


def test_a_victim_that_is_not_there_is_told(make_drill) -> None:
    with pytest.raises(UserError, match="must be a component of web-local, got 'wbe'; did you mean web"):
        make_drill().one("one of wbe")


def test_the_same_seed_chooses_the_same_victim(make_drill) -> None:
    chosen = [make_drill(seed=seed).one("one of web").name for seed in (0, 0, 1, 2, 3, 4)]

    assert chosen[0] == chosen[1]
    assert len(set(chosen)) > 1, "another seed reaches another victim"


@pytest.fixture
def run_with(make_result):
    """A run in which so many operations fail after a fault at 10 s of 20."""
    return lambda failed, **more: run_of(*make_result(failed, **more))


def test_what_clients_may_see_is_held_against_what_they_saw(run_with) -> None:
    assert Allowance(failed=0).missed(run_with(0).measures) == []
    assert Allowance(failed=0).missed(run_with(3).measures) == ["clients may see 0 failed requests, got 3 of 200"]
    (gap,) = Allowance(gap_seconds=0.2).missed(run_with(5).measures)
    assert gap.startswith("clients may go 0.2 s without an answer, got 0.6")


def test_reads_are_told_from_writes_and_a_run_that_cannot_tell_them_has_missed_it(run_with) -> None:
    writes = check(
        [Record(Write(f"w{n}"), n, n + 0.1, answered=n > 2) for n in range(9)], {f"w{n}": 1 for n in range(3, 9)}
    )
    seen = replace(run_with(5).measures, consistency=writes, write_gap=Gap(seconds=4.5, began=0))

    assert Allowance(failed_reads=2, write_gap_seconds=5).missed(seen) == [], "three of the five were writes"
    assert Allowance(failed_reads=1).missed(seen) == ["clients may see 1 failed reads, got 2"]
    (gap,) = Allowance(write_gap_seconds=4).missed(seen)
    assert gap == "clients may go 4 s without an acknowledged write, got 4.50 s"
    assert len(Allowance(failed_reads=9, write_gap_seconds=9).missed(run_with(0).measures)) == 2


def test_a_slow_hundredth_is_seen(run_with) -> None:
    assert Allowance(p99_seconds=1).missed(run_with(0).measures) == []
    (slow,) = Allowance(p99_seconds=0.005).missed(run_with(0).measures)
    assert slow == "99 of 100 answers may take 0.005 s, got 0.01 s"


def test_failures_just_before_the_fault_make_the_run_prove_nothing(run_with, web) -> None:
    run = run_with(0, before=1)
    made = {
        "stack": web.stack,
        "scenario": "x",
        "title": "",
        "workload": "",
        "machine": "",
        "objectives": web.objectives,
    }

    assert run.measures.problem.startswith("drill/steady state: clients must be served without failures")
    report = Report(runs=(run,), **made)
    assert (report.verdict, report.passed) == ("void", False)
    assert Report(runs=(run_with(0),), **made).passed


def test_an_expectation_that_was_missed_fails_a_run_in_which_no_request_did(run_with, web) -> None:
    run = replace(run_with(0), expectations=("3 replicas within 30 s",))
    made = {
        "stack": web.stack,
        "scenario": "x",
        "title": "",
        "workload": "",
        "machine": "",
        "objectives": web.objectives,
    }

    assert Report(runs=(run,), **made).verdict == "missed"


def test_a_primary_that_is_being_chosen_is_waited_for_and_one_that_never_is_told(make_drill, monkeypatch) -> None:
    drill, chosen = make_drill(), object()
    nobody = UserError("the primary of orders: must be exactly one, but no member says that it is")
    answers = iter([nobody, nobody, chosen])

    def one(_: object) -> object:
        answer = next(answers, nobody)
        if answer is nobody:
            raise nobody
        return answer

    monkeypatch.setattr(drill, "one", one)
    assert drill.primary("orders") is chosen

    monkeypatch.setattr("archkit.drills.drill.CHOSEN_SECONDS", 0.6)
    with pytest.raises(UserError, match="no member says that it is"):
        drill.primary("orders")
