"""What a database refuses to be, in words that help."""

import pytest

from components.database import DatabaseArgs, Durability
from components.errors import InvalidArgsError
from components.objectives import Objectives

NO_LOSS = Objectives(recovery_point_seconds=0)


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (
            {"replicas": 0},
            "database/replicas: must be 1 to 15, got 0; a replicated database needs a replica to fail over to, and "
            "none has more",
        ),
        (
            {"replicas": 16},
            "database/replicas: must be 1 to 15, got 16; a replicated database needs a replica to fail over to, and "
            "none has more",
        ),
        (
            {"version": 16},
            "database/version: must be 17, got 16; every target has it, and data of a newer version cannot be read by "
            "an older one",
        ),
        (
            {"durability": Durability.ASYNCHRONOUS, "objectives": NO_LOSS},
            "database/durability: must be synchronous-quorum where objectives/recovery_point_seconds is 0, got "
            "asynchronous; what no replica has yet is lost with the writer",
        ),
        (
            {"parameters": {"fsync": "off"}},
            "database/parameters/fsync: must be left to the kit, got 'off'; acknowledged writes would be lost; say it "
            "by `durability`",
        ),
        (
            {"parameters": {"work_mem": "8MB'"}},
            'database/parameters/work_mem: must be one line without quotes and backslashes, got "8MB\'"; it is '
            "written into a file",
        ),
    ],
)
def test_what_no_target_can_keep_is_refused(args: dict, problem: str) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        DatabaseArgs(**args)

    assert refused.value.problems == (problem,)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        DatabaseArgs(replicas=0, version=16, durability=Durability.ASYNCHRONOUS, objectives=NO_LOSS)

    paths = [one.partition(":")[0] for one in refused.value.problems]
    assert paths == ["database/replicas", "database/version", "database/durability"]


def test_asynchronous_without_a_promise_of_no_loss_is_the_design_s_own_choice() -> None:
    assert DatabaseArgs(durability=Durability.ASYNCHRONOUS).durability is Durability.ASYNCHRONOUS
