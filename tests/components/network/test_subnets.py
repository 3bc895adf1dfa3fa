"""The subnet arithmetic: what must hold for every range and number of zones."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.network.subnets import cidr_problems, plan

RANGES = st.builds(
    lambda prefix, number: str(IPv4Network((0x0A000000 + ((number << (32 - prefix)) & 0x00FFFFFF), prefix))),
    st.integers(16, 22),
    st.integers(0, 2**14),
)
ZONES = st.integers(1, 6)


@given(RANGES, ZONES)
def test_no_two_subnets_overlap_and_all_lie_inside_the_vpc(cidr: str, zones: int) -> None:
    subnets = plan(cidr, zones).all

    assert all(one.subnet_of(IPv4Network(cidr)) for one in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2)), "one address, two subnets"


@given(RANGES, ZONES)
def test_each_tier_has_one_subnet_in_each_zone(cidr: str, zones: int) -> None:
    made = plan(cidr, zones)

    assert [len(tier) for tier in (made.public, made.private, made.data)] == [zones] * 3


@given(RANGES, st.integers(1, 5))
def test_a_zone_that_is_added_moves_no_subnet(cidr: str, zones: int) -> None:
    before, after = plan(cidr, zones), plan(cidr, zones + 1)

    for tier in ("public", "private", "data"):
        assert getattr(after, tier)[:zones] == getattr(before, tier), "a subnet that moves is replaced, with all in it"


@given(RANGES, ZONES)
def test_every_public_subnet_holds_a_load_balancer_and_no_subnet_is_below_what_aws_takes(cidr: str, zones: int) -> None:
    assert all(one.prefixlen <= 27 for one in plan(cidr, zones).public)
    assert all(16 <= one.prefixlen <= 28 for one in plan(cidr, zones).all)


@given(RANGES)
def test_a_range_that_is_accepted_can_be_planned(cidr: str) -> None:
    assert list(cidr_problems("aws/cidr", cidr)) == []


@pytest.mark.parametrize(
    ("cidr", "message"),
    [
        (
            "10.0.0.0/24",
            "aws/cidr: must be a /16 to /22, got '10.0.0.0/24'; 256 addresses / 4 for the public quarter / 8 zones' "
            "room = 8 a public subnet (a /29), 5 of them AWS's own; a load balancer needs a /27 = 32",
        ),
        (
            "10.0.0.0/8",
            "aws/cidr: must be a /16 to /22, got '10.0.0.0/8'; a VPC has at most 2^(32-16) = 65536 addresses, "
            "this has 16777216",
        ),
        (
            "10.0.1.0/16",
            "aws/cidr: must begin at its first address, got '10.0.1.0/16'; the /16 there is '10.0.0.0/16'",
        ),
        (
            "8.8.0.0/16",
            "aws/cidr: must lie in one of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, got '8.8.0.0/16'; "
            "other addresses belong to somebody on the internet",
        ),
        (
            "172.17.0.0/20",
            "aws/cidr: must not overlap 172.17.0.0/16, got '172.17.0.0/20'; 172.17.0.0 to 172.17.15.255 would be in "
            "both, and that is the bridge of Docker on each instance: replies would never leave it",
        ),
        ("ten", "aws/cidr: must be an IPv4 range, got 'ten'; such as '10.0.0.0/16'"),
        ("fd00::/56", "aws/cidr: must be an IPv4 range, got 'fd00::/56'; the kit's subnets are IPv4"),
    ],
)
def test_a_range_that_does_not_do_is_refused_with_the_arithmetic(cidr: str, message: str) -> None:
    assert list(cidr_problems("aws/cidr", cidr)) == [message]


def test_a_range_that_is_routed_to_must_not_be_the_vpcs_own() -> None:
    assert list(cidr_problems("aws/cidr", "10.1.0.0/16", ["10.0.0.0/15", "10.2.0.0/16", "x"])) == [
        "aws/cidr: must not overlap 10.0.0.0/15, got '10.1.0.0/16'; 10.1.0.0 to 10.1.255.255 would be in both, "
        "and that is a range that this VPC is to be routed to: one address, two owners",
        "aws/peer_cidrs/2: must be an IPv4 range, got 'x'; such as '10.0.0.0/16'",
    ]
