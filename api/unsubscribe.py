"""GET and POST /mail/unsubscribe/<secret>: whoever has got a mail turns mail off, without a token.

GET shows a page with a button: programs that only look at links must change nothing. POST is what the button
does, and what mail programs do by themselves (RFC 8058). The secret is all that is asked for, so it is
written nowhere. Errors are the same JSON, with the same codes, as a GraphQL request's.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

import structlog
from starlette.types import Receive, Scope, Send

from api.context import Services
from api.negotiation import HTML
from api.over_http import STATUS, BadRequest, Exchange, refuse
from api.refusals import Problem, masked
from domain import mailing
from domain.command import Command
from domain.ids import ParticipantId
from domain.participant import PARTICIPANT
from domain.permissions import Action, Actor, Role, Thing, may
from domain.refusal import Refusal
from projections import mail_links

STATUS_OF: Final[Mapping[str, int]] = {**STATUS, "LINK_IS_NOT_OURS": 404}
HEADERS: Final = (
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex"),
)
PAGE: Final = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Mail</title></head>
<body style="max-width:32em;margin:4em auto;padding:0 1em;color:#222;font:16px/1.5 system-ui,sans-serif">
{told}
</body>
</html>
"""
ASKED: Final = """<h1>No more mail?</h1>
<p>Whatever you are told stays in your inbox. In your preferences you can also turn off only some of the
mail, or have quiet hours.</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">
<button style="padding:.6em 1.4em;font:inherit">Turn mail off</button></form>"""
DONE: Final = """<h1>Mail is off</h1>
<p>Whatever you are told is in your inbox. In your preferences you can turn mail on again.</p>"""


class Unsubscribe:
    """The ASGI endpoint."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange.of(scope, receive, send)
        structlog.contextvars.bind_contextvars(request_id=str(exchange.request_id))
        try:
            told = await asyncio.to_thread(_told, exchange)
        except Problem as problem:
            await refuse(exchange, problem, STATUS_OF)
        except Exception as bug:  # noqa: BLE001 the last place where a bug becomes an answer
            await refuse(exchange, masked(bug), STATUS_OF)
        else:
            await exchange.respond(200, PAGE.format(told=told).encode(), HTML, *HEADERS)


def _told(exchange: Exchange) -> str:
    """What the page says. Raises Problem."""
    services: Services = exchange.scope["app"].state.services
    person = mail_links.person_of(services.store, exchange.scope["path_params"]["secret"])
    if person is None:
        raise BadRequest("LINK_IS_NOT_OURS", "This link is not as it stood in the mail.")
    match exchange.scope["method"]:
        case "GET" | "HEAD":
            return ASKED
        case "POST":
            _stop(services, exchange, person)
            return DONE
        case _:
            raise BadRequest(
                "METHOD_NOT_ALLOWED", "Mail is turned off by POST.", (b"allow", b"GET, HEAD, POST")
            )


def _stop(services: Services, exchange: Exchange, person: ParticipantId) -> None:
    """By the person themself, as if they had asked for it with a token of theirs."""
    actor = Actor(str(person), frozenset({Role.PARTICIPANT}), person)
    if not may(actor, Action.PREFER_NOTIFICATIONS, Thing(person=person)):
        raise BadRequest("FORBIDDEN", "You may not do this.")
    command = Command(services.context(actor).new_id(), actor.id, exchange.request_id)
    try:
        services.store.act(command, PARTICIPANT.stream(person), mailing.stop_mail)
    except Refusal as refused:
        raise BadRequest(refused.code, refused.sentence) from None
