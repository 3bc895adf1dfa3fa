"""What only the local target can be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.errors import out_of_range, refuse, unless
from components.naming import IMAGES
from components.profile import Profile
from components.settings.local_data import DatabaseSettings


@dataclass(frozen=True, kw_only=True)
class LocalSettings:
    """Settings of the local target: Docker in swarm mode.

    Args:
        profile: How careful the deployment is.
        port: TCP port of this machine on which the load balancer answers, 1 to 65535.
        edge_ports: TCP ports of this machine on which the two edge locations of a CDN answer.
        zones: Values of the node label `archkit.zone` that exist; `archkit init` records them. Fewer than three:
            replicas are not spread, and the report says so.
        base_image: What every image is built on.
        images: Ready images by application, used instead of building (`{"web": "localhost/archkit/web:0f3a"}`).
        prebuilt: The images are on every node already, under the tags that building them would give: for nodes that
            cannot build. `archkit up` builds them on this machine's own daemon and copies them there.
        response_timeout_milliseconds: How long a replica may take to answer, 1 to 3600000: the p99.9 and a margin. A
            replica that hangs costs a GET this long before another one is asked; a slower answer is a 504.
        client_requests_per_second: Limit for each client address; None: no limit. Behind loopback all clients share
            one address, so it is for machines that others reach.
        requests_at_once_per_replica: How many requests a load balancer lets one replica work on, 1 to 10000; more wait
            in its queue, where waiting costs the replica nothing and no time-out of it runs. Right is what it answers
            in a third of the time that its check has, 500 ms: a replica short of processor time still passes it.
            Raise it for an application that waits for others rather than computes.
        requests_in_flight_per_replica: How many requests a load balancer holds for each replica, those that wait among
            them, 1 to 10000. Where it holds so many, the next is answered with 503 and `Retry-After` at once. Right is
            what a replica answers within the response time-out (by Little's law its requests a second times that).
        scale_in_after_seconds: How long fewer replicas must have been enough before some go, 10 to 3600. AWS sets its
            own pace.
        database: Of databases.
        keys: Folder below the project's root for keys that are made once per stack. A deployment sets it; without one,
            as in a recording, none are made.
        first: Nothing of the stack is there yet, no server and no data: servers are started at the same time and find
            each other. Otherwise each waits for the one before, so that a change takes one at a time, and a database is
            led by the member that has its data. A deployment sets it.
        protection: For the controls of drills, never for use. False takes away what keeps a failure from clients: the
            load balancer's checks, second tries, replacement and memory of addresses while DNS hangs; the replicas'
            health checks and drain; start-first updates and rollback; the controller's replacement. A drill must fail
            on such a stack, or it proves nothing on any.

    Raises:
        InvalidArgsError: Every field out of range, one line each.

    """

    profile: Profile = Profile.DEV
    port: int = 8080
    edge_ports: tuple[int, int] = (9443, 9444)
    zones: tuple[str, ...] = ()
    base_image: str = f"{IMAGES}/base:trixie"
    images: Mapping[str, str] = field(default_factory=dict[str, str])
    prebuilt: bool = False
    response_timeout_milliseconds: int = 1_500
    client_requests_per_second: int | None = None
    requests_at_once_per_replica: int = 64
    requests_in_flight_per_replica: int = 512
    scale_in_after_seconds: int = 300
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    keys: str = ""
    first: bool = False
    protection: bool = True

    def __post_init__(self) -> None:
        refuse(
            [
                out_of_range("local/port", self.port, 1, 65535, "TCP has no other ports"),
                *(
                    out_of_range("local/edge_ports", port, 1, 65535, "TCP has no other ports")
                    for port in self.edge_ports
                ),
                unless(
                    len({self.port, *self.edge_ports}) == 1 + len(self.edge_ports),
                    f"local/edge_ports: must differ from each other and from port, got {self.edge_ports} beside "
                    f"{self.port}; one port has one owner",
                ),
                unless(
                    len(set(self.zones)) == len(self.zones),
                    f"local/zones: must name each zone once, got {', '.join(self.zones)}; they are labels of nodes",
                ),
                out_of_range(
                    "local/response_timeout_milliseconds",
                    self.response_timeout_milliseconds,
                    1,
                    3_600_000,
                    "a replica needs some time, and a client goes away after an hour",
                ),
                out_of_range(
                    "local/requests_at_once_per_replica",
                    self.requests_at_once_per_replica,
                    1,
                    10_000,
                    "a replica that is given nothing answers nothing",
                ),
                out_of_range(
                    "local/requests_in_flight_per_replica",
                    self.requests_in_flight_per_replica,
                    1,
                    10_000,
                    "a replica that is given nothing answers nothing",
                ),
                out_of_range(
                    "local/scale_in_after_seconds",
                    self.scale_in_after_seconds,
                    10,
                    3600,
                    "shorter follows every dip, longer than an hour pays for what nobody uses",
                ),
                None
                if self.client_requests_per_second is None
                else out_of_range(
                    "local/client_requests_per_second",
                    self.client_requests_per_second,
                    1,
                    1_000_000,
                    "a limit of none lets nobody in",
                ),
            ]
        )
