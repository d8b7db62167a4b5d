"""How the catalogue of competencies is read: by everybody, entry by entry, branch by branch."""

from typing import Final

from domain.permissions import Action
from projections.log_shapes import log_of
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, Many, One, Order, Shape

MODELS: Final = ("competencies",)
"""The read models these shapes are made of."""

COMPETENCY_ORDERS: Final = {
    "": Order((Key("{t}.label", "text"), Key("{t}.competency_id", "uuid"))),
}
COMPETENCY_FILTERS: Final = {
    "text": Filter(
        "EXISTS (SELECT FROM competency_words w WHERE w.competency_id = {t}.competency_id"
        " AND strpos(w.key, lower({v})) > 0)",
        "text",
    ),
    "parent": Filter("{t}.parent_id = {v}", "uuid", of="Competency"),
    "scheme": Filter("jsonb_exists({t}.external_ids, {v})", "text"),
    "externalId": Filter(
        "EXISTS (SELECT FROM jsonb_each_text({t}.external_ids) x WHERE x.value = {v})", "text"
    ),
    "retired": Filter("{t}.retired = {v}", "boolean"),
}
# No longer than a catalogue is deep, so that it ends even where entries stand below each other.
PATH: Final = (
    "ARRAY(WITH RECURSIVE above (label, parent_id, step) AS (SELECT {t}.label, {t}.parent_id, 0 UNION ALL"
    " SELECT c.label, c.parent_id, a.step + 1 FROM above a"
    " JOIN competencies c ON c.competency_id = a.parent_id WHERE a.step < 10)"
    " SELECT a.label FROM above a ORDER BY a.step DESC)"
)

COMPETENCY: Final = Shape(
    "Competency",
    "competencies",
    key="{t}.competency_id",
    seen=(Guard(Action.SEE_COMPETENCIES),),
    columns=(
        Column("id", Kind.ID, "{t}.competency_id", of="Competency"),
        Column("label", Kind.TEXT, "{t}.label"),
        Column("synonyms", Kind.TEXTS, "{t}.synonyms"),
        Column("path", Kind.TEXTS, PATH),
        Column("retired", Kind.BOOL, "{t}.retired"),
        Column("defined_at", Kind.TIMESTAMP, "{t}.defined_at"),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "parent": One("Competency", "{t}.competency_id = {p}.parent_id"),
        "children": Connection("Competency", "{t}.parent_id = {p}.competency_id", COMPETENCY_ORDERS),
        "externalIds": Many("ExternalId", "{t}.competency_id = {p}.competency_id", "{t}.scheme"),
        "log": log_of("{p}.competency_id"),
    },
)

EXTERNAL_ID: Final = Shape(
    "ExternalId",
    "(SELECT c.competency_id, x.key AS scheme, x.value AS external_id"
    " FROM competencies c, jsonb_each_text(c.external_ids) x)",
    columns=(
        Column("scheme", Kind.TEXT, "{t}.scheme"),
        Column("external_id", Kind.TEXT, "{t}.external_id"),
    ),
)

SHAPES: Final = (COMPETENCY, EXTERNAL_ID)
