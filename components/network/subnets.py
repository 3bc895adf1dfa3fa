"""Cuts one range into subnets: pure arithmetic, the same on every run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, NetmaskValueError, ip_network

ZONE_SLOTS = 8  # the power of two that holds MAX_ZONES: a zone that is added later moves no subnet
SLOT_BITS = 3
PRIVATE_BITS, PUBLIC_BITS, DATA_BITS = 1, 2, 2  # half of the range, a quarter, a quarter
LARGEST, SMALLEST = 16, 22
SMALLEST_PUBLIC = 27  # Elastic Load Balancing, "Subnets for your load balancer": at least a /27 in each zone
KEPT_BY_AWS = 5  # VPC guide, "Subnet CIDR blocks": the first four addresses and the last
PRIVATE_RANGES = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
DOCKER_BRIDGE = IPv4Network("172.17.0.0/16")  # docker0 on each instance: a subnet there could not be reached from it


@dataclass(frozen=True, kw_only=True)
class SubnetPlan:
    """One subnet for each tier and zone, in the order of the zones.

    Args:
        public: With a route from and to the internet.
        private: With a route to the internet through NAT.
        data: With no route out of the VPC.

    """

    public: tuple[IPv4Network, ...]
    private: tuple[IPv4Network, ...]
    data: tuple[IPv4Network, ...]

    @property
    def all(self) -> tuple[IPv4Network, ...]:
        return (*self.public, *self.private, *self.data)


def plan(cidr: str, zones: int) -> SubnetPlan:
    """The subnets of a VPC: half of it private, a quarter public, a quarter for data; each tier has room for 8 zones.

    Args:
        cidr: The VPC's range, which `cidr_problems` has accepted.
        zones: How many zones, 1 to 6. Fewer or more leave the others' subnets where they are.

    """
    whole = IPv4Network(cidr)
    private, rest = whole.subnets(prefixlen_diff=PRIVATE_BITS)
    public, data = rest.subnets(prefixlen_diff=PUBLIC_BITS - PRIVATE_BITS)
    return SubnetPlan(public=_slots(public, zones), private=_slots(private, zones), data=_slots(data, zones))


def cidr_problems(path: str, cidr: str, others: Sequence[str] = ()) -> Iterator[str]:
    """What is wrong with a VPC's range, with the arithmetic.

    Args:
        path: Where it stands in the configuration: `aws/cidr`.
        cidr: The range.
        others: Ranges elsewhere that this one will be routed to: peered VPCs, offices, VPNs.

    """
    whole, problem = _network(path, cidr)
    if problem:
        yield problem
    if whole is None:
        return
    if not LARGEST <= whole.prefixlen <= SMALLEST:
        yield f"{path}: must be a /{LARGEST} to /{SMALLEST}, got {cidr!r}; {_arithmetic(whole)}"
    if not any(whole.subnet_of(private) for private in PRIVATE_RANGES):
        known = ", ".join(map(str, PRIVATE_RANGES))
        yield f"{path}: must lie in one of {known}, got {cidr!r}; other addresses belong to somebody on the internet"
    if whole.overlaps(DOCKER_BRIDGE):
        yield _overlap(
            path, whole, DOCKER_BRIDGE, "the bridge of Docker on each instance: replies would never leave it"
        )
    for index, text in enumerate(others):
        other, problem = _network(f"aws/peer_cidrs/{index}", text)
        if problem:
            yield problem
        if other is not None and whole.overlaps(other):
            yield _overlap(path, whole, other, "a range that this VPC is to be routed to: one address, two owners")


def _slots(tier: IPv4Network, zones: int) -> tuple[IPv4Network, ...]:
    return tuple(tier.subnets(prefixlen_diff=SLOT_BITS))[:zones]


def _network(path: str, text: str) -> tuple[IPv4Network | None, str | None]:
    try:
        loose = ip_network(text, strict=False)
    except (ValueError, NetmaskValueError):
        return None, f"{path}: must be an IPv4 range, got {text!r}; such as '10.0.0.0/16'"
    if not isinstance(loose, IPv4Network):
        return None, f"{path}: must be an IPv4 range, got {text!r}; the kit's subnets are IPv4"
    if IPv4Address(text.split("/", maxsplit=1)[0]) != loose.network_address:
        problem = (
            f"{path}: must begin at its first address, got {text!r}; the /{loose.prefixlen} there is {str(loose)!r}"
        )
        return None, problem
    return loose, None


def _arithmetic(whole: IPv4Network) -> str:
    if whole.prefixlen < LARGEST:
        return f"a VPC has at most 2^(32-{LARGEST}) = {2 ** (32 - LARGEST)} addresses, this has {whole.num_addresses}"
    public = whole.prefixlen + PUBLIC_BITS + SLOT_BITS
    size = whole.num_addresses // 2**PUBLIC_BITS // ZONE_SLOTS
    return (
        f"{whole.num_addresses} addresses / {2**PUBLIC_BITS} for the public quarter / {ZONE_SLOTS} zones' room "
        f"= {size} a public subnet{f' (a /{public})' if public <= 32 else ''}, {KEPT_BY_AWS} of them AWS's own; "
        f"a load balancer needs a /{SMALLEST_PUBLIC} = {2 ** (32 - SMALLEST_PUBLIC)}"
    )


def _overlap(path: str, whole: IPv4Network, other: IPv4Network, what: str) -> str:
    common = whole if whole.subnet_of(other) else other
    return (
        f"{path}: must not overlap {other}, got {str(whole)!r}; "
        f"{common.network_address} to {common.broadcast_address} would be in both, and that is {what}"
    )
