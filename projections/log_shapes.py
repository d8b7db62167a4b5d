"""How the log is read: straight from the events, so it never lags. Personal fields are only named."""

from typing import Final

from domain.permissions import Action
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, Order, Shape

STATE: Final = "convert_from({t}.state, 'UTF8')::jsonb"
NODES: Final = (
    "participant", "program", "enrollment", "competency", "match_run", "proposal", "mentorship", "meeting",
    "conversation", "resource", "assignment", "inquiry", "survey", "webhook",
)  # fmt: skip
STREAM: Final = (
    f"CASE WHEN split_part({{t}}.name, '.', 1) IN ({', '.join(map(repr, NODES))})"
    " THEN encode(convert_to(replace(initcap(split_part({t}.name, '.', 1)), '_', '') || ':'"
    " || {t}.stream_id::text, 'UTF8'), 'base64') END"
)
SEALED: Final = "coalesce(" + STATE + " -> '~' -> 1, '{{}}')"
WITHHELD: Final = f'ARRAY(SELECT k FROM jsonb_object_keys({SEALED}) k ORDER BY k COLLATE "C")'  # noqa: S608 every part of it is written above

BY_POSITION: Final = (Key("{t}.position", "bigint"),)
LOG_ORDERS: Final = {"": Order(BY_POSITION)}
HISTORY_ORDERS: Final = {"": Order((Key("{t}.version", "bigint"),))}
LOG_FILTERS: Final = {
    "names": Filter("{t}.name = ANY ({v})", "text[]"),
    "stream": Filter("{t}.stream_id = {v}", "uuid", of="*"),
    "actor": Filter("{t}.actor = {v}", "text"),
    "since": Filter("{t}.recorded_at >= {v}", "timestamptz"),
    "until": Filter("{t}.recorded_at < {v}", "timestamptz"),
    "asOf": Filter("{t}.position <= {v}", "bigint"),
}


def log_of(stream: str) -> Connection:
    """The events of one stream, in the order they happened."""
    return Connection(
        "LogEntry", "{t}.stream_id = " + stream, HISTORY_ORDERS, {"names": LOG_FILTERS["names"]}
    )


OWN: Final = (
    "({t}.stream_id = {viewer} OR EXISTS (SELECT FROM enrollments e"
    " WHERE e.enrollment_id = {t}.stream_id AND e.participant_id = {viewer}))"
)
STAFFED: Final = (
    "EXISTS (SELECT FROM program_staff s LEFT JOIN enrollments e"
    " ON e.program_id = s.program_id AND e.enrollment_id = {t}.stream_id"
    " WHERE s.person_id = {viewer} AND s.role = {role}"
    " AND (s.program_id = {t}.stream_id OR e.enrollment_id IS NOT NULL))"
)

LOG_ENTRY: Final = Shape(
    "LogEntry",
    "events",
    key="{t}.position",
    key_type="bigint",
    seen=(Guard(Action.SEE_LOG, own=OWN, staffed=STAFFED),),
    columns=(
        Column("id", Kind.ID, "{t}.position", of="LogEntry"),
        Column("position", Kind.POSITION, "{t}.position"),
        Column("name", Kind.TEXT, "{t}.name"),
        Column("stream", Kind.ID, STREAM),
        Column("stream_id", Kind.UUID, "{t}.stream_id"),
        Column("version", Kind.INT, "{t}.version"),
        Column("schema_version", Kind.INT, "{t}.schema_version"),
        Column("recorded_at", Kind.TIMESTAMP, "{t}.recorded_at"),
        Column("actor", Kind.TEXT, "{t}.actor"),
        Column("command_id", Kind.UUID, "{t}.command_id"),
        Column("correlation_id", Kind.UUID, "{t}.correlation_id"),
        Column("cause", Kind.ENUM, "{t}.cause"),
        Column("payload", Kind.JSON, "(" + STATE + " - '~')"),
        Column("withheld", Kind.TEXTS, WITHHELD),
    ),
)

SHAPES: Final = (LOG_ENTRY,)
