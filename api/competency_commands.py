"""What can be done to the catalogue of competencies."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import strawberry

from api import competency_inputs as inputs
from api.command import CommandInput, Done, Payload, act, act_together, entity, mutation, permit, said
from api.competency import Competency, load_competency
from api.competency_inputs import CompetencyCommandInput
from api.context import Context, Info
from api.refusals import BadInput
from domain import competency
from domain.competency import COMPETENCY, Lineage, ParentIsChanging, same_place
from domain.ids import CompetencyId, competency_id
from domain.permissions import Action, Thing
from domain.profile import key_of
from domain.store import Decision, Step
from projections.competencies import TAKEN

ATTEMPTS: Final = 5


@strawberry.type
class CompetencyPayload(Payload):
    competency: Competency | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.competency = await load_competency(info, entity)


def _entry(given: str, *path: str) -> CompetencyId:
    return CompetencyId(entity("Competency", given, *path))


def _permitted(info: Info, given: CompetencyCommandInput) -> CompetencyId:
    permit(info.context, Action.CURATE_COMPETENCIES, Thing())
    return _entry(given.competency, "competency")


async def _act(info: Info, given: CompetencyCommandInput, decision: Decision, **arguments: Any) -> Done:
    return await act(info, given, COMPETENCY.stream(_permitted(info, given)), decision, **arguments)


async def place_below(
    info: Info,
    given: CommandInput,
    oneself: CompetencyId,
    parent: str | None,
    decision: Decision,
    **wish: Any,
) -> Done:
    """Below entries that stand as they were when it was decided: nothing comes to stand below itself."""
    above = None if parent is None else _entry(parent, "parent")
    for _ in range(ATTEMPTS):
        lineage = await asyncio.to_thread(_lineage, info.context, above)
        step = Step(COMPETENCY.stream(oneself), decision, {"oneself": oneself, "lineage": lineage, **wish})
        guards = [
            Step(COMPETENCY.stream(place.competency), same_place, {"place_": place}, guard=True)
            for place in lineage
        ]
        try:
            return await act_together(info, given, step, *guards)
        except ParentIsChanging:
            continue
    raise ParentIsChanging


def _lineage(context: Context, parent: CompetencyId | None) -> Lineage:
    load = lambda entry: context.store.load(COMPETENCY.stream(entry)).state
    return competency.lineage(parent, load)


async def _taken(context: Context, oneself: CompetencyId, words: Sequence[str]) -> frozenset[str]:
    """The keys that mean another entry already, as far as the read model is."""
    asked = {"keys": [key_of(word) for word in words], "competency": oneself}
    async with context.pool.connection() as connection:
        found = await connection.execute(TAKEN, asked)
        return frozenset(key for (key,) in await found.fetchall())


@strawberry.type
class CompetencyCommands:
    @mutation(CompetencyPayload)
    async def define_competency(self, info: Info, input: inputs.DefineCompetencyInput) -> Done:
        """Add an entry to the catalogue of competencies."""
        permit(info.context, Action.CURATE_COMPETENCIES, Thing())
        oneself = competency_id(key_of(input.label))
        links = {link.scheme: link.external_id for link in input.external_ids}
        if len(links) < len(input.external_ids):
            raise BadInput.at("REPEATED", "An entry has one id in each other catalogue.", "externalIds")
        wish = {
            "label": input.label,
            "synonyms": tuple(input.synonyms),
            "external_ids": links,
            "taken": await _taken(info.context, oneself, [input.label, *input.synonyms]),
        }
        return await place_below(info, input, oneself, input.parent, competency.define, **wish)

    @mutation(CompetencyPayload)
    async def describe_competency(self, info: Info, input: inputs.DescribeCompetencyInput) -> Done:
        """Change an entry's label, or the other words by which it is found."""
        oneself = _permitted(info, input)
        given = said(input, CompetencyCommandInput)
        label, synonyms = given.get("label"), tuple(given.get("synonyms") or ())
        wish = {
            "label": label,
            "synonyms": None if given.get("synonyms") is None else synonyms,
            "taken": await _taken(info.context, oneself, [*synonyms, *([label] if label else [])]),
        }
        return await _act(info, input, competency.describe, **wish)

    @mutation(CompetencyPayload)
    async def move_competency(self, info: Info, input: inputs.MoveCompetencyInput) -> Done:
        """Put an entry below another one, or make it a root of the catalogue."""
        oneself = _permitted(info, input)
        return await place_below(info, input, oneself, input.parent, competency.move)

    @mutation(CompetencyPayload)
    async def link_competency(self, info: Info, input: inputs.LinkCompetencyInput) -> Done:
        """Say what another catalogue calls an entry."""
        wish = {"scheme": input.scheme, "external_id": input.external_id}
        return await _act(info, input, competency.link, **wish)

    @mutation(CompetencyPayload)
    async def unlink_competency(self, info: Info, input: inputs.UnlinkCompetencyInput) -> Done:
        """Take back what another catalogue calls an entry."""
        return await _act(info, input, competency.unlink, scheme=input.scheme)

    @mutation(CompetencyPayload)
    async def retire_competency(self, info: Info, input: inputs.RetireCompetencyInput) -> Done:
        """Offer an entry to nobody any more; whoever names it keeps it."""
        return await _act(info, input, competency.retire)

    @mutation(CompetencyPayload)
    async def restore_competency(self, info: Info, input: inputs.RestoreCompetencyInput) -> Done:
        """Take a retired entry into use again."""
        return await _act(info, input, competency.restore)
