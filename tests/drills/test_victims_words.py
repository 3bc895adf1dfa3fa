"""The words that name a victim."""

import pytest

from archkit.drills.victims import Victim, all_of, in_zone, load_balancer, one, primary_of
from archkit.errors import UserError


@pytest.mark.parametrize(
    ("words", "victim"),
    [
        ("one replica of web", one("web", role="replica")),
        ("a replica of web", one("web", role="replica")),
        ("One  Replica of WEB", one("web", role="replica")),
        ("replica of web", one("web", role="replica")),
        ("one of web", one("web")),
        ("one instance of web", one("web")),
        ("two replicas of web", Victim(component="web", role="replica", count=2)),
        ("12 of web", Victim(component="web", count=12)),
        ("the primary of orders", primary_of("orders")),
        ("primary of orders", primary_of("orders")),
        ("one standby of orders", one("orders", role="standby")),
        ("all standbys of orders", all_of("orders", role="standby")),
        ("all of cache", all_of("cache")),
        ("all replicas of web", all_of("web", role="replica")),
        ("all the replicas of web", all_of("web", role="replica")),
        ("zone b", in_zone("b")),
        ("the zone b", in_zone("b")),
        ("load balancer", load_balancer()),
        ("the load balancer", load_balancer()),
        ("one load balancer", load_balancer()),
        ("all load balancers", Victim(role="load-balancer", count=0)),
        ("one replica of web in zone b", one("web", role="replica", zone="b")),
        ("load balancer in zone c", Victim(role="load-balancer", zone="c")),
    ],
)
def test_words_name_a_victim_and_a_victim_says_words_that_name_it(words: str, victim: Victim) -> None:
    assert Victim.parse(words) == victim
    assert Victim.parse(str(victim)) == victim, "a report's words can be given back to the next drill"


@pytest.mark.parametrize(
    "words", ["", "of web", "one of", "web.2", "0 of web", "kill -9", "zone", "one instance", "1 of a b"]
)
def test_words_that_name_nobody_are_refused_with_examples(words: str) -> None:
    with pytest.raises(UserError, match='must read like "one replica of web"'):
        Victim.parse(words)


def test_a_primary_needs_a_component_and_is_one() -> None:
    with pytest.raises(UserError, match="the primary of what"):
        Victim.parse("the primary")
    with pytest.raises(UserError, match="must be 1 for a primary, got 2"):
        Victim.parse("two primaries of orders")


def test_any_word_can_be_a_role_since_only_the_stack_knows_which_there_are() -> None:
    assert Victim.parse("one broker of events") == one("events", role="broker")
    assert Victim.parse("collectors") == Victim(role="collector")
