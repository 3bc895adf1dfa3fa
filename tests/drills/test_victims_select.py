"""Choosing among those that run: repeatable, never guessed, never the last one by accident."""

import random
from collections.abc import Mapping

import pytest

from archkit.drills.faults import Host
from archkit.drills.victims import Member, Population, Victim, components_of, select
from archkit.errors import UserError
from archkit.graph import Graph, Resource

LOCAL = Host()


def member(name: str, component: str, role: str = "replica", **more: object) -> Member:
    return Member(host=LOCAL, container=f"id-{name}", name=name, component=component, role=role, **more)  # type: ignore[arg-type]


POPULATION = Population(
    stack="web-lab",
    members=(
        member("edge.1", "edge", "load-balancer", zone="a"),
        *(member(f"web.{n}", "web", zone=zone) for n, zone in ((1, "a"), (2, "b"), (3, "c"))),
        *(member(f"orders-{n}.1", "orders", "member", volumes=(f"orders-{n}",)) for n in (1, 2, 3)),
        member("cache.1", "cache", volumes=("cache-data",)),
    ),
    components={name: frozenset({"replica"}) for name in ("edge", "web", "orders", "cache", "queue")},
    zones=("a", "b", "c"),
)


class Probe:
    """Answers as a cluster's members would."""

    def __init__(self, answers: Mapping[str, bool | Exception]) -> None:
        self.answers = answers

    def handles(self, member: Member) -> bool:
        return member.name in self.answers

    def is_primary(self, member: Member) -> bool:
        answer = self.answers[member.name]
        if isinstance(answer, Exception):
            raise answer
        return answer


def names(words: str, **options: object) -> list[str]:
    return [one.name for one in select(Victim.parse(words), POPULATION, **options).members]  # type: ignore[arg-type]


def problem(words: str, **options: object) -> str:
    with pytest.raises(UserError) as refused:
        names(words, **options)
    (text,) = refused.value.problems
    return text


def test_the_same_seed_chooses_the_same_replica_and_other_seeds_choose_others() -> None:
    chosen = {seed: names("one replica of web", seed=seed) for seed in range(30)}

    assert all(names("one replica of web", seed=seed) == found for seed, found in chosen.items())
    assert {found[0] for found in chosen.values()} == {"web.1", "web.2", "web.3"}, "a seed that changes nothing is none"


def test_the_choice_does_not_hang_on_container_ids() -> None:
    again = Population(
        stack="web-lab",
        members=tuple(
            Member(host=one.host, container=f"{7 - n}-other", name=one.name, component=one.component, role=one.role)
            for n, one in enumerate(POPULATION.members)
        ),
        components=POPULATION.components,
        zones=POPULATION.zones,
    )
    for seed in range(10):
        first = select(Victim.parse("one of web"), POPULATION, seed=seed).members[0].name
        assert select(Victim.parse("one of web"), again, seed=seed).members[0].name == first


def test_a_selection_says_who_among_how_many_and_by_which_seed() -> None:
    text = select(Victim.parse("two of web"), POPULATION, seed=4).describe()
    assert text.startswith("two of web: web.")
    assert text.endswith("(2 of 3, seed 4)")


def test_all_of_a_component_are_all_and_what_is_lost_is_told() -> None:
    selection = select(Victim.parse("all of cache"), POPULATION)
    assert [one.name for one in selection.members] == ["cache.1"]
    assert selection.losses == ("nothing serves cache, and what its volume cache-data holds cannot be reached",)


def test_the_only_one_is_refused_with_what_is_lost_unless_forced() -> None:
    text = problem("one of cache")
    assert text == (
        "victim: one of cache is the only one (cache.1); meanwhile nothing serves cache, and what its volume "
        "cache-data holds cannot be reached; --force where that is what you want to try"
    )
    assert names("one of cache", force=True) == ["cache.1"]


def test_the_last_healthy_one_is_refused_as_the_only_one() -> None:
    sick = Population(
        stack="web-local",
        members=(member("web.1", "web", healthy=True), member("web.2", "web", healthy=False)),
        components={"web": frozenset({"replica"})},
    )
    chosen = Victim(component="web", count=1)
    seeds = {seed: random.Random(seed).sample(["web.1", "web.2"], 1)[0] for seed in range(10)}
    last = next(seed for seed, name in seeds.items() if name == "web.1")
    spare = next(seed for seed, name in seeds.items() if name == "web.2")

    assert [one.name for one in select(chosen, sick, seed=spare).members] == ["web.2"], "the sick one may go"
    with pytest.raises(UserError, match=r"nothing serves web \(the other 1 are unhealthy\)"):
        select(chosen, sick, seed=last)


def test_an_unknown_component_gets_the_nearest_known() -> None:
    assert problem("one of wep") == "victim: must be a component of web-lab, got 'wep'; did you mean web?"
    assert "there are: edge, web, orders, cache, queue" in problem("one of zzzz")


def test_a_component_that_is_designed_and_does_not_run_is_told_apart_from_an_unknown_one() -> None:
    assert problem("one of queue") == "victim: queue is in the design, but nothing of it runs in web-lab"


def test_an_unknown_role_gets_the_nearest_known() -> None:
    assert problem("one replcia of web") == "victim: must be a role of web, got 'replcia'; did you mean replica?"
    assert "did you mean load-balancer?" in problem("load balncer")


def test_more_than_run_are_refused_with_how_many_run() -> None:
    assert problem("five of web") == "victim: five of web: must be at most the 3 that run, got 5"


def test_a_zone_is_who_stands_in_it() -> None:
    assert names("zone a") == ["edge.1", "web.1"]
    assert names("one replica of web in zone b") == ["web.2"]
    assert problem("zone q") == "victim: must be a zone of web-lab, got 'q'; there are: a, b, c"


def test_a_machine_without_zones_says_how_to_get_some() -> None:
    alone = Population(stack="web-local", members=(member("web.1", "web"),), components={"web": frozenset()})
    with pytest.raises(UserError, match="there are none: archkit lab up makes three"):
        select(Victim.parse("zone a"), alone)


def test_the_primary_is_who_says_so() -> None:
    probe = Probe({"orders-1.1": False, "orders-2.1": True, "orders-3.1": False})
    assert names("the primary of orders", probes=[probe]) == ["orders-2.1"]
    assert names("all standbys of orders", probes=[probe]) == ["orders-1.1", "orders-3.1"]


def test_proxies_and_pools_are_no_standbys() -> None:
    probe = Probe({"orders-1.1": True, "orders-2.1": False})
    assert names("all standbys of orders", probes=[probe]) == ["orders-2.1"], "orders-3.1 runs another engine"


def test_no_primary_is_guessed_where_nobody_says_so() -> None:
    probe = Probe({"orders-1.1": False, "orders-2.1": TimeoutError("timed out"), "orders-3.1": False})
    text = problem("the primary of orders", probes=[probe])
    assert "must be exactly one, but no member says that it is" in text
    assert "orders-2.1: no answer (timed out)" in text


def test_two_primaries_are_a_split_brain_and_no_victim() -> None:
    probe = Probe({"orders-1.1": True, "orders-2.1": True, "orders-3.1": False})
    assert "2 members say that they are (split brain)" in problem("the primary of orders", probes=[probe])


def test_a_component_without_an_engine_has_no_primary() -> None:
    assert "nothing here can ask who that is" in problem("the primary of web", probes=[Probe({})])
    assert "nothing here can ask who that is" in problem("the primary of orders")


def test_hosts_that_did_not_answer_stand_in_the_refusal() -> None:
    half = Population(stack="web-lab", members=(), components={"web": frozenset()}, silent=("b: ConnectionError",))
    with pytest.raises(UserError, match=r"no answer from b: ConnectionError"):
        select(Victim.parse("one of web"), half)


def test_components_come_from_the_labels_in_the_graph() -> None:
    def service(name: str, role: str) -> Resource:
        labels = [{"label": "archkit.component", "value": name}, {"label": "archkit.role", "value": role}]
        return Resource(urn=f"urn:{name}", type="docker:index/service:Service", name=name, inputs={"labels": labels})

    graph = Graph(project="archkit", stack="web-local", resources=(service("web", "replica"), service("edge", "")))

    assert components_of(graph) == {"web": frozenset({"replica"}), "edge": frozenset()}
