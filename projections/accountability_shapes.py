"""How what is measured of a relationship, and of a person, is read: by its members and by the staff.

Placeholders are those of `projections.shape`; `{ids}`, `{person}` and `{as_of}` are what is asked for.
"""

from typing import Final

from domain.permissions import Action
from projections.confidentiality import known_of, member_of, staff_of_mentorship, trusted
from projections.measured import measured
from projections.shape import Guard

MODELS: Final = ("accountability",)
"""The read models these are made of, beside those of relationships and programmes."""

ROW: Final = "{t}.mentorship_id"
METRICS: Final = Guard(
    Action.SEE_METRICS,
    own=member_of(ROW, "{as_of}"),
    staffed=staff_of_mentorship(ROW),
    when=known_of(ROW),
)
HEALTH: Final = Guard(Action.SEE_HEALTH, staffed=staff_of_mentorship(ROW), when=known_of(ROW))
# What one or two people have answered would tell the one what the other thinks.
SATISFACTION: Final = Guard(Action.SEE_SURVEYS, staffed=trusted("surveys", ROW))
OF_A_PERSON: Final = Guard(
    Action.SEE_METRICS,
    own="{t}.participant_id = {viewer}",
    staffed=staff_of_mentorship(ROW),
    when=f"({{t}}.participant_id = {{viewer}} OR {known_of(ROW)})",
)

_ALL: Final = measured("{as_of}", "m.mentorship_id = ANY ({ids})")
RELATIONSHIPS: Final = f"""
SELECT coalesce(json_agg(found), '[]') FROM (
    SELECT r.*, n.settings -> 'accountability' AS accountability, {{metrics}} AS metrics_seen,
           {{health}} AS health_seen, {{satisfaction}} AS satisfaction_seen
      FROM ({_ALL}) r
      LEFT JOIN program_versions n
        ON n.program_id = r.program_id AND n.settings_version = r.settings_version) found
"""  # noqa: S608 every part of it is written here

_THEIRS: Final = measured(
    "{as_of}",
    "m.mentorship_id IN (SELECT i.mentorship_id FROM measure_members i"
    " WHERE i.participant_id = {person} AND i.from_at <= {as_of})",
)
PERSON: Final = f"""
WITH theirs AS (
    SELECT r.* FROM (SELECT {{person}} AS participant_id, r.* FROM ({_THEIRS}) r) r WHERE {{seen}})
SELECT json_build_object(
    'relationships', count(*), 'open', count(*) FILTER (WHERE t.state IN ('running', 'paused')),
    'held', coalesce(sum(t.held), 0), 'hours_mentored', coalesce(sum(t.minutes), 0) / 60.0,
    'check_ins', (SELECT count(*) FROM mentorship_check_ins c JOIN theirs USING (mentorship_id)
                   WHERE c.participant_id = {{person}} AND c.at <= {{as_of}}),
    'response_time', (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY w.hours)
                        FROM measure_said w JOIN theirs USING (mentorship_id)
                       WHERE w.by_id <> {{person}} AND w.replied_at <= {{as_of}}))
  FROM theirs t
"""  # noqa: S608 the same
