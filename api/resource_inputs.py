"""What the commands on documents and links take."""

import strawberry
from strawberry import UNSET

from api.command import CommandInput, VersionedInput
from api.enums import ResourceAudience


@strawberry.input
class ShareLinkInput(CommandInput):
    mentorship: strawberry.ID
    title: str
    url: str = strawberry.field(description="Begins with https:// or http://.")


@strawberry.input
class ResourceCommandInput(VersionedInput):
    resource: strawberry.ID


@strawberry.input(description="Replaces what was said of it before.")
class DescribeResourceInput(ResourceCommandInput):
    title: str | None = strawberry.field(default=UNSET, description="The name it came with when left out.")
    description: str | None = UNSET
    topics: list[str] | None = UNSET


@strawberry.input
class WithdrawResourceInput(ResourceCommandInput):
    pass


@strawberry.input
class PublishResourceInput(ResourceCommandInput):
    to: ResourceAudience
    named: bool = strawberry.field(default=False, description="Together with your name.")
