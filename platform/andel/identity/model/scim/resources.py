"""What a directory may tell of people and groups: the few attributes that Andel keeps, and what it tolerates.

Everything else that a directory sends (addresses, telephone numbers, manager, employee number) is dropped when it is
read: what is not kept cannot leak. Sources: RFC 7643, RFC 7644, and Microsoft's list of what Entra ID sends.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final

from pydantic import Field
from scim2_models import (
    URN,
    CaseExact,
    ComplexAttribute,
    Mutability,
    Reference,
    Required,
    Resource,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Uniqueness,
)
from scim2_models.resources.service_provider_config import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    ETag,
    Filter,
    Pagination,
    Patch,
    Sort,
)

MOST_PER_PAGE: Final = 200
PER_PAGE: Final = 100
"""How many resources a page of a list holds at most, and when the request does not say."""


class Name(ComplexAttribute):
    """The parts of a person's name."""

    formatted: str | None = None
    """The whole name, written out."""

    family_name: str | None = None
    """The family name."""

    given_name: str | None = None
    """The given name."""


class Email(ComplexAttribute):
    """An e-mail address. Nobody is ever known by it."""

    value: str | None = None
    """The address."""

    type: str | None = None
    """What it is for: work."""

    primary: bool | None = None
    """Whether it is the first choice."""


class Role(ComplexAttribute):
    """A role as the directory calls it; the provider's role map says what it means in Andel."""

    value: str | None = None
    """The directory's word."""

    display: str | None = None
    """How it is shown there."""

    type: str | None = None
    """What kind of role it is there."""

    primary: bool | None = None
    """Whether it is the main one."""


class User(Resource[Any]):
    """A person as a directory tells of them."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    external_id: Annotated[str | None, Mutability.read_write, CaseExact.true] = None
    """The directory's own id of the person."""

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    """What the person signs in as in the directory."""

    active: Annotated[bool | None, Required.true] = None
    """Whether the person may use Andel. false ends every session at once."""

    display_name: str | None = None
    """The name as it is shown."""

    name: Name | None = None
    """The parts of the name."""

    Name: ClassVar[type[ComplexAttribute]] = Name

    preferred_language: str | None = None
    """The language that the person reads, as sv-SE."""

    emails: list[Email] | None = None
    """E-mail addresses."""

    Emails: ClassVar[type[ComplexAttribute]] = Email

    roles: list[Role] | None = None
    """Roles as the directory calls them."""

    Roles: ClassVar[type[ComplexAttribute]] = Role


class Member(ComplexAttribute):
    """A person in a group."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    """The person's id."""

    ref: Annotated[Reference[User] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    """The person's address."""

    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])
    """User: groups in groups are not kept."""


class Group(Resource[Any]):
    """A group of people, which the provider's role map can give a role to by its name."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    external_id: Annotated[str | None, Mutability.read_write, CaseExact.true] = None
    """The directory's own id of the group."""

    display_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    """The group's name."""

    members: list[Member] | None = None
    """The people in it."""

    Members: ClassVar[type[ComplexAttribute]] = Member


POLICY: Final = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)
"""What Entra ID does and RFC 7644 does not say, tolerated: attributes that are not kept, a ``remove`` with values,
and an ``add`` to an e-mail address that is not there yet."""

CONFIG: Final = ServiceProviderConfig(
    patch=Patch(supported=True),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=MOST_PER_PAGE),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=False),
    etag=ETag(supported=True),
    pagination=Pagination(
        cursor=False,
        index=True,
        default_pagination_method=Pagination.DefaultPaginationMethod.index,
        default_page_size=PER_PAGE,
        max_page_size=MOST_PER_PAGE,
    ),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="OAuth bearer token",
            description="A token of one organization, made and replaced on its page in Andel.",
            primary=True,
        )
    ],
)

PROVIDER: Final = ScimProvider(
    models=[User, Group],
    resource_types=[ResourceType.from_resource(User), ResourceType.from_resource(Group)],
    config=CONFIG,
    policy=POLICY,
)
"""What the endpoints describe of themselves."""
