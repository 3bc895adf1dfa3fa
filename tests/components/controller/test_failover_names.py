"""A dead leader's name is gone before the others are told that nobody leads."""

import time

from components.controller.agent.failover import names
from components.controller.agent.failover.names import is_known, wait_until_forgotten


def test_it_is_waited_for_until_the_name_leads_nowhere() -> None:
    answers = iter([True, True, False])
    asked: list[str] = []

    def known(host: str) -> bool:
        asked.append(host)
        return next(answers)

    wait_until_forgotten("api-local-orders-member-1", known)

    assert asked == ["api-local-orders-member-1"] * 3


def test_a_name_that_stays_holds_nobody_up_for_long() -> None:
    began = time.monotonic()
    wait_until_forgotten("api-local-orders-member-1", lambda _: True)

    assert names.MOST_SECONDS <= time.monotonic() - began < names.MOST_SECONDS + 1


def test_a_name_that_the_resolver_has_is_known_and_another_is_not() -> None:
    assert is_known("localhost")
    assert not is_known("no-such-member.invalid")
