"""`chiron token`: a bearer token for a role, of a person who really has it."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import typer

from deploy import trouble, wiring
from deploy.commands.screen import answers, tell
from deploy.settings import Settings, load
from domain.permissions import Action, Role

PARTICIPANT = """
SELECT f.participant_id, NULL
  FROM profiles f
 WHERE f.status = 'active' AND %(program)s::text IS NULL
   AND %(person)s::uuid IN (f.participant_id, %(anybody)s)
UNION ALL
SELECT e.participant_id, p.name
  FROM enrollments e JOIN programs p USING (program_id)
 WHERE e.state = 'approved' AND %(program)s::text IN (p.name, p.program_id::text)
   AND %(person)s::uuid IN (e.participant_id, %(anybody)s)
 ORDER BY 1 LIMIT 1
"""
STAFF = """
SELECT s.person_id, p.name
  FROM program_staff s JOIN programs p USING (program_id)
 WHERE s.role = %(role)s
   AND (%(program)s::text IS NULL OR %(program)s::text IN (p.name, p.program_id::text))
   AND %(person)s::uuid IN (s.person_id, %(anybody)s)
 ORDER BY p.name, 1 LIMIT 1
"""
GUEST = """
SELECT g.participant_id, NULL
  FROM directory_people g
 WHERE g.status = 'active' AND g.invited_until IS NOT NULL AND %(program)s::text IS NULL
   AND %(person)s::uuid IN (g.participant_id, %(anybody)s)
 ORDER BY 1 LIMIT 1
"""
ANYBODY = UUID(int=0)
FINDING = {
    Role.PARTICIPANT: PARTICIPANT,
    Role.GUEST: GUEST,
    Role.FACILITATOR: STAFF,
    Role.ADMINISTRATOR: STAFF,
}


@dataclass(frozen=True, slots=True)
class Holder:
    person: UUID
    program: str | None


def token(
    role: Annotated[Role, typer.Option("--as", help="What its holder may do.")],
    program: Annotated[
        str | None, typer.Option(help="A programme's id or name: somebody who has the role there.")
    ] = None,
    person: Annotated[UUID | None, typer.Option(help="This participant, and nobody else.")] = None,
    scope: Annotated[
        list[Action] | None, typer.Option(help="What a service may do; repeat it for more.")
    ] = None,
) -> None:
    """Print a bearer token; what it stands for is said beside it, on standard error."""
    settings = load()
    if role is Role.SERVICE and not scope:
        raise trouble.ScopesMissing
    holder = None
    if role in FINDING:
        with wiring.organisation_there(settings, tell) as connected:
            holder = find(connected, role, program, person)
    answers.print(issue(settings, role, holder.person if holder else None, scope or []))
    tell(_said(settings, role, holder))


def find(settings: Settings, role: Role, program: str | None, person: UUID | None) -> Holder:
    """Somebody who has the role; raises NobodyThere."""
    wanted: dict[str, Any] = {
        "role": role, "program": program, "person": person or ANYBODY, "anybody": ANYBODY,
    }  # fmt: skip
    with wiring.database(settings).connect() as connection:
        found = connection.execute(FINDING[role], wanted).fetchone()
    if found is None:
        raise trouble.NobodyThere(role=role)
    return Holder(*found)


def issue(settings: Settings, role: Role, person: UUID | None, scopes: list[Action]) -> str:
    return wiring.tokens(settings).issue(
        str(person or role), [role], participant=person, scopes=scopes, seconds=settings.token_hours * 3600
    )


def _said(settings: Settings, role: Role, holder: Holder | None) -> str:
    whose = f" of {holder.person}" if holder else ""
    where = f" in {holder.program}" if holder and holder.program else ""
    return f"A token for the role {role}{whose}{where}, good for {settings.token_hours} hours."
