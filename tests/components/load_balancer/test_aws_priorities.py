"""In which order a listener tries its rules: what must hold for all paths."""

from hypothesis import given
from hypothesis import strategies as st

from components.load_balancer.aws.priorities import path_problems, priorities

PATHS = st.lists(
    st.builds(
        lambda words, end: "/" + "/".join(words) + end,
        st.lists(st.text("abz-_0", min_size=1, max_size=8), max_size=6),
        st.sampled_from(["", "*", "/*"]),
    ),
    unique=True,
    max_size=100,
)


def fits(path: str, pattern: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern


@given(PATHS)
def test_every_rule_has_a_number_of_its_own_that_a_listener_takes(paths: list[str]) -> None:
    numbers = priorities(paths)

    assert set(numbers) == set(paths)
    assert len(set(numbers.values())) == len(paths)
    assert all(1 <= number <= 50_000 for number in numbers.values())


@given(PATHS)
def test_the_longest_path_that_fits_is_tried_first(paths: list[str]) -> None:
    numbers = priorities(paths)

    for path in paths:
        asked = path.removesuffix("*") + ("x" if path.endswith("*") else "")
        fitting = [one for one in paths if fits(asked, one)]
        first = min(fitting, key=lambda one: numbers[one])
        longest = max(fitting, key=lambda one: (len(one.removesuffix("*")), not one.endswith("*")))
        assert first == longest


def test_one_more_route_renumbers_no_other() -> None:
    before = priorities(["/api/*", "/healthz"])
    after = priorities(["/api/*", "/healthz", "/api/v2/*", "/x"])

    assert {path: after[path] for path in before} == before, "a number that is taken fails the update half-way"


def test_what_a_rule_cannot_say_is_refused() -> None:
    paths = ["/" + "x" * 128, "/a?b", "/ü"] + [f"/{number}" for number in range(98)]

    assert [problem for problem in path_problems("edge", paths) if problem] == [
        f"load_balancer/edge/routes/{paths[0]}: must have at most 128 characters on aws, got 129; "
        "no condition of a listener's rule is longer",
        "load_balancer/edge/routes//a?b: must be letters, digits and _-.$/~\"'@:+& on aws, got '/a?b'; "
        "a listener's rule knows no other, and reads ? as any character",
        "load_balancer/edge/routes//ü: must be letters, digits and _-.$/~\"'@:+& on aws, got '/ü'; "
        "a listener's rule knows no other, and reads ? as any character",
        "load_balancer/edge/routes: must be at most 100 on aws, got 101; "
        "a load balancer has no more rules unless AWS raises its quota",
    ]
