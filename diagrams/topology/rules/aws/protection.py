"""Keys, certificates, secrets and firewalls: small icons at what they protect."""

from __future__ import annotations

from topology.kinds import Kind, Tier
from topology.rules.rule import Role, Rule, folded

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type, not a secret
RULES: dict[str, Rule] = {
    **{
        type_: Rule(role=Role.BADGE, badge=badge, icon=icon, of=of)
        for type_, badge, icon, of in (
            ("aws:kms/key:Key", "key", "aws/kms", ()),
            ("aws:kms/replicaKey:ReplicaKey", "key", "aws/kms", ()),
            ("aws:acm/certificate:Certificate", "certificate", "aws/acm", ()),
            ("aws:ssm/parameter:Parameter", "parameter", "aws/parameter-store", ()),
            ("aws:wafv2/webAcl:WebAcl", "waf", "aws/waf", ()),
            ("aws:shield/protection:Protection", "shield", "aws/shield", ("resourceArn",)),
            (
                "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
                "lock",
                "aws/vault-lock",
                ("backupVaultName",),
            ),
        )
    },
    SECRET: Rule(
        role=Role.BADGE,
        badge="secret",
        kind=Kind.SECRET,
        service="Secrets Manager",
        icon="aws/secrets-manager",
        tier=Tier.DATA,
        carries=("kmsKeyId",),
    ),
    "aws:kms/alias:Alias": folded("targetKeyId"),
    "aws:kms/keyPolicy:KeyPolicy": folded("keyId"),
    "aws:kms/grant:Grant": folded("keyId"),
    "aws:acm/certificateValidation:CertificateValidation": folded("certificateArn"),
    "aws:secretsmanager/secretVersion:SecretVersion": folded("secretId"),
    "aws:secretsmanager/secretPolicy:SecretPolicy": folded("secretArn"),
    "aws:secretsmanager/secretRotation:SecretRotation": folded("secretId"),
    "aws:wafv2/webAclAssociation:WebAclAssociation": folded("resourceArn", carries=("webAclArn",)),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": folded("resourceArn"),
    "aws:wafv2/ipSet:IpSet": folded(),
    "aws:wafv2/ruleGroup:RuleGroup": folded(),
    "aws:wafv2/regexPatternSet:RegexPatternSet": folded(),
}
