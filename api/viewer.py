"""Who asks, any node by its id, and how far the read models are."""

from datetime import datetime
from typing import Any

import strawberry
from strawberry import UNSET

from api import edges
from api.context import Info
from api.enums import Role
from api.loading import resolve, resolve_nodes
from api.participant import Participant
from api.relay import Node
from api.scalars import Position


@strawberry.type(description="You, as this server knows you.")
class Viewer:
    actor: str = strawberry.field(description="The id under which the log records what you do.")
    roles: list[Role]
    key: strawberry.Private[str]

    participant: Participant | None = strawberry.field(resolver=edges.edge)


@strawberry.type(description="How far a read model is behind the log.")
class ReadModel:
    name: str
    version: int
    position: Position
    lag: Position = strawberry.field(description="How many events it has yet to read.")
    parked: int = strawberry.field(
        description="How many streams are set aside because an event could not be read."
    )
    updated_at: datetime
    key: strawberry.Private[str | None] = None


async def _node(info: Info, id: strawberry.ID, min_position: Position | None = UNSET) -> Any:  # noqa: A002 the argument's public name
    return (await resolve_nodes(info))[0]


async def _nodes(info: Info, ids: list[strawberry.ID], min_position: Position | None = UNSET) -> Any:
    return await resolve_nodes(info)


async def _viewer(info: Info, min_position: Position | None = UNSET) -> Any:
    return await resolve(None, info)


async def _read_models(info: Info) -> Any:
    return await resolve(None, info)


@strawberry.type
class ViewerQueries:
    node: Node | None = strawberry.field(
        resolver=_node, description="Whatever has this id, if you may see it."
    )
    nodes: list[Node | None] | None = strawberry.field(
        resolver=_nodes, description="In the order asked for; null where there is nothing you may see."
    )
    viewer: Viewer = strawberry.field(resolver=_viewer, description="You.")
    read_models: list[ReadModel] | None = strawberry.field(
        resolver=_read_models, description="How far each read model is behind the log."
    )
