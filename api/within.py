"""What is done within a relationship: by whom, under which terms, and only while these hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from api.command import CommandInput, Done, act_together, entity, permit, until_unchanged
from api.context import Context, Info
from api.program_staff import staff_of
from api.refusals import BadInput
from domain.guards import same_archive, same_relationship
from domain.ids import MentorshipId, ParticipantId
from domain.mentorship import MENTORSHIP, Mentorship, relationship
from domain.permissions import Action, Thing
from domain.program import PROGRAM, Program, settings_at
from domain.program_settings import Settings, Stage
from domain.relationship import Relationship
from domain.store import Step

OUTSIDE: Final = Settings()
"""What holds outside any programme."""
GONE_TOO: Final = frozenset({Action.LEAVE_MENTORSHIP, Action.WITHDRAW_MESSAGE, Action.PUBLISH_RESOURCE})
"""What somebody may who has left: say so again, and take back or pass on what is theirs."""


@dataclass(frozen=True, slots=True)
class Within:
    """A relationship by whoever may do that in it; `by` is who does it, where it is a person.

    `guards` hold what `relationship` says until it is recorded: `program_guards` for a command on the
    mentorship itself.
    """

    relationship: Relationship
    held: Mentorship
    by: ParticipantId | None
    program_guards: tuple[Step, ...]

    @property
    def guards(self) -> tuple[Step, ...]:
        stream = MENTORSHIP.stream(self.relationship.mentorship)
        return (Step(stream, same_relationship, {"held": self.held}, guard=True), *self.program_guards)

    @property
    def oneself(self) -> ParticipantId:
        """Who does what only people do."""
        assert self.by is not None  # noqa: S101 no row of the permissions lets anybody else do it
        return self.by


def mentorship_key(given: str, *path: str) -> MentorshipId:
    return MentorshipId(entity("Mentorship", given, *path))


async def within(context: Context, id_: MentorshipId, action: Action, *path: str) -> Within:
    """Raises Forbidden, or BadInput coded NOT_FOUND at `path` where there is no such relationship."""
    held = (await context.store.load_async(MENTORSHIP.stream(id_))).state
    if held.began is None:
        permit(context, action, Thing())
        raise BadInput.at("NOT_FOUND", "There is no such relationship.", *(path or ("mentorship",)))
    program = held.began.program
    state = (await context.store.load_async(PROGRAM.stream(program))).state if program else Program()
    by = context.actor.participant
    own = by in held.members or (action in GONE_TOO and by in held.left)
    thing = Thing(by if own else None, program, staff_of(state) if program else {})
    permit(context, action, thing)
    archived = state.stage is Stage.ARCHIVED
    settings = settings_at(state, held.settings_version) if program else OUTSIDE
    unchanged = {"archived": archived}
    guards = (Step(PROGRAM.stream(program), same_archive, unchanged, guard=True),) if program else ()
    return Within(relationship(held, id_, settings, archived=archived), held, by, guards)


async def act_within(
    info: Info,
    given: CommandInput,
    mentorship: MentorshipId,
    action: Action,
    steps: Callable[[Within], Sequence[Step]],
    *path: str,
) -> Done:
    """None of the steps is on the mentorship itself; the first is about the entity that is answered."""

    async def attempt() -> Done:
        found = await within(info.context, mentorship, action, *path)
        first, *others = steps(found)
        return await act_together(info, given, first, *others, *found.guards)

    return await until_unchanged(attempt)
