"""What the commands on the catalogue of competencies take."""

import strawberry
from strawberry import UNSET

from api.command import CommandInput, VersionedInput


@strawberry.input
class CompetencyCommandInput(VersionedInput):
    competency: strawberry.ID


@strawberry.input
class ExternalIdInput:
    scheme: str = strawberry.field(description="The other catalogue, such as esco.")
    external_id: str


@strawberry.input
class DefineCompetencyInput(CommandInput):
    label: str = strawberry.field(description="No two entries are defined under one label.")
    parent: strawberry.ID | None = None
    synonyms: list[str] = strawberry.field(default_factory=list)
    external_ids: list[ExternalIdInput] = strawberry.field(default_factory=list)


@strawberry.input
class DescribeCompetencyInput(CompetencyCommandInput):
    label: str | None = strawberry.field(default=UNSET, description="Stays as it is when left out.")
    synonyms: list[str] | None = strawberry.field(
        default=UNSET, description="All of them; they stay as they are when left out."
    )


@strawberry.input
class MoveCompetencyInput(CompetencyCommandInput):
    parent: strawberry.ID | None = strawberry.field(
        default=None, description="The entry it is to stand below; without one it becomes a root."
    )


@strawberry.input
class LinkCompetencyInput(CompetencyCommandInput):
    scheme: str
    external_id: str = strawberry.field(description="Takes the place of another one of the same scheme.")


@strawberry.input
class UnlinkCompetencyInput(CompetencyCommandInput):
    scheme: str


@strawberry.input
class RetireCompetencyInput(CompetencyCommandInput):
    pass


@strawberry.input
class RestoreCompetencyInput(CompetencyCommandInput):
    pass
