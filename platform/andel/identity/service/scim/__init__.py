"""SCIM 2.0: directories that provision an organization's people and groups."""

from andel.identity.service.scim.counts import UserCount, user_counts
from andel.identity.service.scim.directories import (
    Directory,
    DirectoryError,
    IssuedToken,
    KnownProvider,
    KnownToken,
    TooManyRequestsError,
    admit,
    find_provider,
    issue_token,
    known_tokens,
    revoke_tokens,
)
from andel.identity.service.scim.groups import (
    create_group,
    delete_group,
    find_groups,
    patch_group,
    read_group,
    replace_group,
)
from andel.identity.service.scim.users import (
    Page,
    create_user,
    delete_user,
    find_users,
    patch_user,
    read_user,
    replace_user,
)

__all__ = [
    "Directory",
    "DirectoryError",
    "IssuedToken",
    "KnownProvider",
    "KnownToken",
    "Page",
    "TooManyRequestsError",
    "UserCount",
    "admit",
    "create_group",
    "create_user",
    "delete_group",
    "delete_user",
    "find_groups",
    "find_provider",
    "find_users",
    "issue_token",
    "known_tokens",
    "patch_group",
    "patch_user",
    "read_group",
    "read_user",
    "replace_group",
    "replace_user",
    "revoke_tokens",
    "user_counts",
]
