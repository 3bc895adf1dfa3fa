"""Who may do what in Valkey: one user, by IAM; without a user called default nobody gets in unnamed."""

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.cache.contract import ACCESS
from components.connect import Component


def user_id(name: str) -> str:
    """The user, and its id: IAM asks that they are the same."""
    return f"{pulumi.get_stack()}-{name}"


def application_user(cache: Component) -> aws.elasticache.User:
    """Makes the user that linked applications connect as."""
    return aws.elasticache.User(
        cache.part("user"),
        engine="valkey",
        user_id=user_id(cache.component_name),
        user_name=user_id(cache.component_name),
        access_string=f"on {ACCESS}",
        authentication_mode=aws.elasticache.UserAuthenticationModeArgs(type="iam"),
        tags=tags(cache, "user"),
        opts=pulumi.ResourceOptions(parent=cache),
    )


def user_group(cache: Component, user: aws.elasticache.User) -> aws.elasticache.UserGroup:
    """Makes the group with the one user."""
    return aws.elasticache.UserGroup(
        cache.part("users"),
        engine="valkey",
        user_group_id=f"{user_id(cache.component_name)}-users",
        user_ids=[user.user_id],
        tags=tags(cache, "users"),
        opts=pulumi.ResourceOptions(parent=cache),
    )
