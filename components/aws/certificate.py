"""The certificate of a domain, proven by records in its zone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.connect import Component
from components.domain import Domain
from components.errors import InvalidArgsError


@dataclass(frozen=True, kw_only=True)
class Certified:
    """Args: `certificate_arn`, once it is valid; `zone_id`: where the domain's records are."""

    certificate_arn: pulumi.Output[str]
    zone_id: str


def certificate(
    component: Component, domain: Domain, *, names: Sequence[str] = (), region: str | None = None
) -> Certified:
    """Makes the certificate, the records that prove its names, and waits until it is valid; ACM renews it by itself.

    Args:
        component: Whose certificate it is.
        domain: The name under which the world comes.
        names: What the certificate says; by default the domain's name.
        region: Where it is used, if not in the stack's region.

    Raises:
        InvalidArgsError: The zone is not found.

    """
    under = pulumi.ResourceOptions(parent=component)
    zone_id, all_names = _zone_id(component, domain), list(names or (domain.name,))
    made = aws.acm.Certificate(
        component.part("certificate"),
        domain_name=all_names[0],
        subject_alternative_names=all_names[1:] or None,
        validation_method="DNS",
        region=region,
        tags=tags(component, "certificate"),
        opts=under,
    )
    proven = [_proof(component, made, zone_id, index) for index in range(len(all_names))]
    valid = aws.acm.CertificateValidation(
        component.part("validation"),
        certificate_arn=made.arn,
        validation_record_fqdns=[record.fqdn for record in proven],
        region=region,
        opts=under,
    )
    return Certified(certificate_arn=valid.certificate_arn, zone_id=zone_id)


def _proof(component: Component, made: aws.acm.Certificate, zone_id: str, index: int) -> aws.route53.Record:
    # Names that one record proves may come as one.
    proof = made.domain_validation_options.apply(lambda found: found[min(index, len(found) - 1)])
    return aws.route53.Record(
        component.part(f"proof-{index + 1}" if index else "proof"),
        zone_id=zone_id,
        name=proof.resource_record_name.apply(_known),
        type=proof.resource_record_type.apply(_known),
        records=[proof.resource_record_value.apply(_known)],
        ttl=60,
        # A certificate's successor is proven by the same record, and `*.example.org` by that of `example.org`.
        allow_overwrite=True,
        opts=pulumi.ResourceOptions(parent=component),
    )


def _known(text: str | None) -> str:
    return text or ""


def _zone_id(component: Component, domain: Domain) -> str:
    try:
        found = aws.route53.get_zone(name=domain.zone, private_zone=False, opts=pulumi.InvokeOptions(parent=component))
    except Exception as error:  # the engine's answer, whatever the provider said
        problem = (
            f"{_capability(component)}/{component.component_name}/domain/zone: must be a public hosted zone "
            f"of this account, got {domain.zone!r}; looking it up failed: {error}"
        )
        raise InvalidArgsError([problem]) from error
    return found.zone_id


def _capability(component: Component) -> str:
    """`load_balancer` of `archkit:aws:LoadBalancer`: where a message begins."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", component.pulumi_resource_type.rpartition(":")[2]).lower()
