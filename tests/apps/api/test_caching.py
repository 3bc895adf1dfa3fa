"""The caching layer: who asks the database, how often, and what everybody else gets meanwhile."""

import asyncio

import pytest
from catalogue.caching import Entry, Key, Outcome
from catalogue.caching.last_known import LastKnown
from catalogue.unavailable import UnavailableError
from hypothesis import given
from hypothesis import strategies as st

KEY = Key(name="product:7", tag="product:7")
LIST = Key(name="page:1", tag="lists", soft=True)


async def settled() -> None:
    """What runs in the background has ended."""
    await asyncio.sleep(0.05)


def test_an_answer_is_fetched_once_and_then_comes_from_the_cache(run) -> None:
    async def test(world) -> None:
        layer = world.replica()
        first, second = await layer.get(KEY, world.database.load), await layer.get(KEY, world.database.load)
        assert (first.outcome, second.outcome) == (Outcome.MISS, Outcome.HIT)
        assert second.entry.body == "one"
        assert world.database.queries == 1

    run(test)


def test_a_stampede_on_one_key_is_one_query_for_all_replicas(run) -> None:
    async def test(world) -> None:
        replicas = [world.replica() for _ in range(3)]
        answers = await asyncio.gather(*(replicas[n % 3].get(KEY, world.database.load) for n in range(500)))
        assert world.database.queries == 1
        assert {one.entry.body for one in answers} == {"one"}

    run(test)


def test_without_the_cache_a_stampede_is_at_most_one_query_for_each_replica(run) -> None:
    async def test(world) -> None:
        world.store.gone = True
        replicas = [world.replica() for _ in range(3)]
        for _ in range(4):  # clients do not all come at once
            await asyncio.gather(*(replicas[n % 3].get(KEY, world.database.load) for n in range(125)))
        assert world.database.queries == 3
        world.now += 1.1
        await replicas[0].get(KEY, world.database.load)
        assert world.database.queries == 4, "without the cache an answer counts for a second only"

    run(test)


def test_a_stale_answer_is_given_at_once_while_one_replica_fetches_a_new_one(run) -> None:
    async def test(world) -> None:
        layers = [world.replica(), world.replica()]
        await layers[0].get(KEY, world.database.load)
        world.now += 11
        world.database.value = "two"
        answers = await asyncio.gather(*(layers[n % 2].get(KEY, world.database.load) for n in range(50)))
        assert {one.outcome for one in answers} == {Outcome.STALE}
        assert {one.entry.body for one in answers} == {"one"}
        await settled()
        assert world.database.queries == 2
        assert (await layers[1].get(KEY, world.database.load)).entry.body == "two"

    run(test)


def test_beyond_its_stale_time_nobody_gets_the_old_answer(run) -> None:
    async def test(world) -> None:
        layer = world.replica()
        await layer.get(KEY, world.database.load)
        world.now += 31
        world.database.value = "two"
        assert (await layer.get(KEY, world.database.load)).entry.body == "two"

    run(test)


def test_that_there_is_none_is_kept_too_but_shortly(run) -> None:
    async def test(world) -> None:
        layer = world.replica()
        world.database.status, world.database.value = 404, ""
        assert (await layer.get(KEY, world.database.load)).entry.status == 404
        assert (await layer.get(KEY, world.database.load)).outcome == Outcome.HIT
        world.now += 2.1
        world.database.status = 200
        assert (await layer.get(KEY, world.database.load)).entry.status == 200, "what was made is seen soon"

    run(test)


def test_a_write_is_seen_by_the_next_read_of_every_replica_which_asks_the_primary(run) -> None:
    async def test(world) -> None:
        one, other = world.replica(), world.replica()
        await one.get(KEY, world.database.load)
        world.database.value = "two"
        await one.invalidate([KEY])
        assert (await other.get(KEY, world.database.load)).entry.body == "two"
        assert world.database.fresh == [False, True], "a replica of the database may not know of the write yet"

    run(test)


def test_what_a_replica_says_of_a_late_write_is_marked_and_is_not_kept(run) -> None:
    async def test(world) -> None:
        layer = world.replica()
        await layer.invalidate([KEY])
        world.database.primary_gone = True
        assert (await layer.get(KEY, world.database.load)).outcome == Outcome.LAST_KNOWN
        world.database.primary_gone = False
        world.database.value = "two"
        assert (await layer.get(KEY, world.database.load)).entry.body == "two", "an old answer hides the write"

    run(test)


def test_a_load_that_began_before_a_write_leaves_nothing_behind_it(run) -> None:
    async def test(world) -> None:
        one, other = world.replica(), world.replica()
        world.database.seconds = 0.05
        slow = asyncio.create_task(one.get(KEY, world.database.load))
        await asyncio.sleep(0.02)
        world.database.value = "two"
        await other.invalidate([KEY])
        await slow
        assert (await one.get(KEY, world.database.load)).entry.body == "two", "the old answer came back into the cache"

    run(test)


def test_who_asks_after_a_write_does_not_join_a_flight_of_before(run) -> None:
    async def test(world) -> None:
        layer = world.replica()
        world.store.gone = True
        world.database.seconds = 0.05
        slow = asyncio.create_task(layer.get(KEY, world.database.load))
        await asyncio.sleep(0.02)
        world.database.value = "two"
        await layer.invalidate([KEY])
        assert (await layer.get(KEY, world.database.load)).entry.body == "two"
        assert (await slow).entry.body == "one"
        await layer.close()

    run(test)


def test_a_list_is_stale_after_a_write_and_new_after_one_more_read(run) -> None:
    async def test(world) -> None:
        layer = world.replica()
        await layer.get(LIST, world.database.load)
        world.database.value = "two"
        await layer.invalidate([KEY, Key(name="lists", tag="lists", soft=True)])
        assert (await layer.get(LIST, world.database.load)).outcome == Outcome.STALE
        await settled()
        answer = await layer.get(LIST, world.database.load)
        assert (answer.outcome, answer.entry.body) == (Outcome.HIT, "two")

    run(test)


def test_what_the_cache_was_not_told_it_is_told_as_soon_as_it_is_back(run) -> None:
    async def test(world) -> None:
        one, other = world.replica(), world.replica()
        await one.get(KEY, world.database.load)
        world.store.gone = True
        world.database.value = "two"
        await one.invalidate([KEY])
        world.store.gone = False
        assert (await other.get(KEY, world.database.load)).entry.body == "one", "it cannot know yet"
        await asyncio.sleep(0.8)
        assert (await other.get(KEY, world.database.load)).entry.body == "two"
        await one.close()

    run(test)


def test_without_the_database_answers_are_old_and_marked_and_without_any_the_reason_is_told(run) -> None:
    async def test(world) -> None:
        layer = world.replica()
        await layer.get(KEY, world.database.load)
        world.database.gone = True
        world.now += 31
        assert (await layer.get(KEY, world.database.load)).outcome == Outcome.LAST_KNOWN
        world.store.gone = True
        assert (await layer.get(KEY, world.database.load)).outcome == Outcome.LAST_KNOWN, "from its own memory"
        with pytest.raises(UnavailableError):
            await layer.get(Key(name="product:8", tag="product:8"), world.database.load)

    run(test)


def test_a_replica_that_dies_with_the_lock_holds_nobody_up_for_long(run, monkeypatch) -> None:
    monkeypatch.setattr("catalogue.caching.layer.WAIT_SECONDS", 0.2)

    async def test(world) -> None:
        world.store.locked.add(KEY.name)
        answer = await world.replica().get(KEY, world.database.load)
        assert answer.entry.body == "one"

    run(test)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 400_000)), max_size=60))
def test_last_known_answers_stay_within_their_memory(puts) -> None:
    known = LastKnown(megabytes=1)
    for name, size in puts:
        known.put(name, Entry(status=200, body="x" * size, made_at=0, fresh_until=0, stale_until=0))
    kept = {name: one for name in "abcdef" if (one := known.get(name)) is not None}

    assert sum(len(one.body) for one in kept.values()) <= 1024 * 1024
    if puts:
        assert puts[-1][0] in kept, "the newest is the likeliest to be asked for"


@given(st.text(max_size=200), st.floats(0, 2e9), st.text(max_size=20))
def test_an_entry_comes_back_as_it_was_kept(body, time, version) -> None:
    entry = Entry(status=200, body=body, made_at=time, fresh_until=time, stale_until=time, version=version)

    assert Entry.decoded(entry.encoded()) == entry


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'{"status": 200}', b"\xff\xfe"])
def test_what_is_no_entry_is_a_miss(raw) -> None:
    assert Entry.decoded(raw) is None
