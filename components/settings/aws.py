"""What only AWS can be told."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from components.errors import out_of_range, refuse, unless
from components.network.subnets import cidr_problems
from components.profile import Profile
from components.settings.aws_data import BackupSettings, CacheSettings, DatabaseSettings

_REFERENCE = re.compile(r"[^\s@:]+(:\d+)?(/[^\s@:]+)+(:[\w.-]+|@sha256:[0-9a-f]{64})")
_DIGEST = re.compile(r".*@sha256:[0-9a-f]{64}")
# Amazon CloudWatch Logs API, PutRetentionPolicy: retentionInDays takes no other value.
RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_COUNTRY = re.compile(r"[A-Z]{2}")
_TOPIC = re.compile(r"arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+(\.fifo)?")
MIN_RATE, MAX_RATE = 10, 2_000_000_000  # AWS WAF API, RateBasedStatement: Limit


class Nat(StrEnum):
    """How private subnets reach the world: a gateway in each zone, one for all (cheaper, one zone's fate), none."""

    PER_ZONE = "per-zone"
    SINGLE = "single"
    NONE = "none"


class PriceClass(StrEnum):
    """Where CloudFront answers: North America and Europe; these with most of Asia and Africa; everywhere."""

    NEAR = "PriceClass_100"
    MOST = "PriceClass_200"
    ALL = "PriceClass_All"


class Architecture(StrEnum):
    """What instances compute with; an image runs on the one that it was built for. `arm64` costs about a fifth less."""

    X86_64 = "x86_64"
    ARM64 = "arm64"


@dataclass(frozen=True, kw_only=True)
class AwsSettings:
    """Settings of the aws target.

    Args:
        region: Where it runs: `eu-central-1`.
        profile: How careful the deployment is.
        cidr: The VPC's range; every subnet is cut from it.
        nat: How private subnets reach the world; by default a gateway in each zone in `prod`, one in `dev`.
        images: Registry reference of each application: `{"web": "<registry>/web@sha256:..."}`.
        log_retention_days: How long logs are kept: a number of days that CloudWatch Logs knows, 1 to 3653.
        peer_cidrs: Ranges elsewhere that the VPC will be routed to (peered VPCs, offices), which it must not overlap.
        architecture: What the images were built for.
        client_requests_per_minute: Limit for each client address, by the regional WAF, 10 or more; None: no limit.
        alarm_topic_arn: SNS topic that alarms are sent to; None: they show in CloudWatch only.
        database: Of databases.
        cache: Of caches.
        backup: Of backups.
        cdn_price_class: Where CloudFront answers.
        cdn_countries: ISO 3166-1 codes of the countries that are served: `("DE", "FR")`; none named: all.
        cdn_alarm_topic_arn: As `alarm_topic_arn`, in us-east-1, where CloudFront's figures are.
        storage_replica_region: Region of a second copy of every storage; None: none.

    Raises:
        InvalidArgsError: Every field out of range, one line each.

    """

    region: str = "eu-central-1"
    profile: Profile = Profile.DEV
    cidr: str = "10.0.0.0/16"
    nat: Nat | None = None
    images: Mapping[str, str] = field(default_factory=dict[str, str])
    log_retention_days: int = 90
    peer_cidrs: tuple[str, ...] = ()
    architecture: Architecture = Architecture.X86_64
    client_requests_per_minute: int | None = 6_000
    alarm_topic_arn: str | None = None
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    cache: CacheSettings = field(default_factory=CacheSettings)
    backup: BackupSettings = field(default_factory=BackupSettings)
    cdn_price_class: PriceClass = PriceClass.NEAR
    cdn_countries: tuple[str, ...] = ()
    cdn_alarm_topic_arn: str | None = None
    storage_replica_region: str | None = None

    def __post_init__(self) -> None:
        refuse(
            [
                unless(
                    _REGION.fullmatch(self.region),
                    f"aws/region: must be a region's code, got {self.region!r}; such as 'eu-central-1'",
                ),
                *cidr_problems("aws/cidr", self.cidr, self.peer_cidrs),
                unless(
                    self.log_retention_days in RETENTION_DAYS,
                    f"aws/log_retention_days: must be one of {', '.join(map(str, RETENTION_DAYS))}, "
                    f"got {self.log_retention_days}; CloudWatch Logs knows no other",
                ),
                None
                if self.client_requests_per_minute is None
                else out_of_range(
                    "aws/client_requests_per_minute",
                    self.client_requests_per_minute,
                    MIN_RATE,
                    MAX_RATE,
                    "AWS WAF counts no other rate; leave it empty for no limit",
                ),
                None
                if self.alarm_topic_arn is None
                else unless(
                    _TOPIC.fullmatch(self.alarm_topic_arn),
                    f"aws/alarm_topic_arn: must be an SNS topic's ARN, got {self.alarm_topic_arn!r}; "
                    "CloudWatch sends alarms there",
                ),
                *(self._image_problem(app, reference) for app, reference in self.images.items()),
                *self._edge_problems(),
            ]
        )

    @property
    def effective_nat(self) -> Nat:
        """What `nat` says, or what the profile asks for."""
        return self.nat or (Nat.PER_ZONE if self.profile is Profile.PROD else Nat.SINGLE)

    def _edge_problems(self) -> Iterator[str | None]:
        for code in self.cdn_countries:
            yield unless(
                _COUNTRY.fullmatch(code),
                f"aws/cdn_countries: must be codes of two capital letters (ISO 3166-1), got {code!r}; such as 'DE'",
            )
        topic = self.cdn_alarm_topic_arn
        yield unless(
            topic is None or (_TOPIC.fullmatch(topic) and topic.split(":")[3] == "us-east-1"),
            f"aws/cdn_alarm_topic_arn: must be an SNS topic's ARN in us-east-1, got {topic!r}; "
            "CloudFront's figures are there, and an alarm tells its own region's topics only",
        )
        replica = self.storage_replica_region
        yield unless(
            replica is None or (_REGION.fullmatch(replica) and replica != self.region),
            f"aws/storage_replica_region: must be the code of another region than {self.region}, got {replica!r}; "
            "a copy in the same one is lost with it",
        )

    def _image_problem(self, app: str, reference: str) -> str | None:
        path = f"aws/images/{app}"
        if not _REFERENCE.fullmatch(reference):
            return f"{path}: must be <registry>/<repository>@sha256:<digest> or :<tag>, got {reference!r}; EC2 pulls it"
        if self.profile is Profile.PROD and not _DIGEST.fullmatch(reference):
            return f"{path}: must have a digest in the prod profile, got {reference!r}; a tag can change under a group"
        return None
