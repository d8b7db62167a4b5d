"""What can be left undone, each kind once, as SQL over the read models as of the moment `%(now)s`.

Each looks into `running` and `mine`, the relationships that run and their members, and into `terms`, the
versions of the programmes that are not archived.
"""

from dataclasses import dataclass
from typing import Final

from domain.accountability_settings import SURVEYS_OF, Timers
from domain.occasions import Occasion
from projections.inbox import CHECK_IN_DAY, ENDS, LAST_CHECK_IN, MEASURED, PAUSED_SINCE

NOW: Final = "%(now)s::timestamptz"
TODAY: Final = f"({NOW} AT TIME ZONE 'UTC')::date"

TIMERS: Final = ", ".join(
    f"coalesce((n.settings -> 'accountability' -> 'timers' ->> '{name}')::int, {days}) AS {name}"
    for name, days in Timers().model_dump().items()
)
"""A version that was written before a timer was thought of has its default."""
OWN_SURVEYS: Final = (
    "ARRAY(SELECT f ->> 'kind' FROM jsonb_array_elements("
    "coalesce(n.settings -> 'accountability' -> 'surveys', '[]')) AS f)"
)
BY_DEGREE: Final = " ".join(
    f"WHEN '{degree}' THEN '{{{','.join(sorted(kinds))}}}'::text[]" for degree, kinds in SURVEYS_OF.items()
)
ASKS: Final = f"{OWN_SURVEYS} || CASE n.settings -> 'accountability' ->> 'degree' {BY_DEGREE} END"
"""The kinds of surveys that are asked."""
TERMS: Final = f"""
SELECT n.program_id, n.settings_version, n.settings -> 'accountability' ->> 'degree' AS degree,
       n.settings -> 'agreement' ->> 'required' = 'true' AS agreement,
       {MEASURED.format()} AS checks_in, {TIMERS},
       coalesce(n.settings -> 'communications' -> 'reminders', '[]') AS reminders,
       coalesce(n.settings -> 'plan' -> 'milestones', '[]') AS milestones,
       {ASKS} AS asks
  FROM program_versions n JOIN programs g ON g.program_id = n.program_id
 WHERE g.state <> 'archived' AND (%(program)s::uuid IS NULL OR n.program_id = %(program)s)
"""  # noqa: S608 every part of it is written here

# What a read model has set aside seems to stand as it did, whatever has become of it.
SOUND: Final = (
    "NOT EXISTS (SELECT FROM parked_streams k"
    " WHERE k.projection = ANY (%(names)s) AND k.stream_id IN ({stream}, {program}))"
)
RUNNING: Final = f"""
SELECT m.mentorship_id, m.program_id, m.settings_version, m.began_at, m.planned_end,
       (m.type ->> 'cadence_days')::int AS cadence_days
  FROM mentorships m
 WHERE m.state = 'running' AND m.program_id IS NOT NULL
   AND {SOUND.format(stream="m.mentorship_id", program="m.program_id")}
"""  # noqa: S608 as above
MINE: Final = """
SELECT r.*, w.participant_id, w.joined_at
  FROM running r JOIN mentorship_members w ON w.mentorship_id = r.mentorship_id AND w.left_at IS NULL
"""
PLAN: Final = """
SELECT t.program_id, t.settings_version, p.number, p.milestone ->> 'id' AS milestone,
       (p.milestone ->> 'due_day')::int AS due_day
  FROM terms t, jsonb_array_elements(t.milestones) WITH ORDINALITY AS p (milestone, number)
"""


PAUSES: Final = (
    "SELECT sum(p.ended_at - greatest(p.paused_at, {since})) FROM mentorship_pauses p"
    " WHERE p.mentorship_id = {mentorship} AND p.ended_at > {since}"
)
REOPENED: Final = (
    "SELECT sum(back.recorded_at - greatest(gone.recorded_at, {since})) FROM mentorship_ends e"
    " JOIN events gone ON gone.position = e.ended_position"
    " JOIN events back ON back.position = e.reopened_position"
    " WHERE e.mentorship_id = {mentorship} AND back.recorded_at > {since}"
)


def rested(since: str, mentorship: str = "m.mentorship_id") -> str:
    """How long the relationship, which runs now, has rested since then: paused, or ended and reopened."""
    rests = (rest.format(since=since, mentorship=mentorship) for rest in (PAUSES, REOPENED))
    return " + ".join(f"coalesce(({rest}), '0')" for rest in rests)


@dataclass(frozen=True, slots=True)
class Timer:
    """Rows of things left undone. They fall due `after` days since `since`, rests not counted if `rests`.

    `to` is whose it is; `about` and `detail` tell one from another.
    """

    occasion: Occasion
    rows: str
    since: str
    detail: str
    after: str = "0"
    about: str = "m.mentorship_id"
    to: str = "m.participant_id"
    mentorship: str = "m.mentorship_id"
    rests: bool = True

    @property
    def select(self) -> str:
        rest = rested("since") if self.rests else "'0'"
        return (
            "SELECT occasion, about, detail, to_id, mentorship_id, program_id, settings_version, since,"  # noqa: S608 as above
            f" %(now)s::timestamptz - since - make_interval(days => after) - ({rest}) AS overdue FROM ("
            f"SELECT '{self.occasion}'::text AS occasion, {self.about} AS about, {self.detail} AS detail,"
            f" {self.to} AS to_id, {self.mentorship}::uuid AS mentorship_id, m.program_id,"
            f" m.settings_version, {self.since} AS since, {self.after} AS after {self.rows}"
            f") m WHERE since + make_interval(days => after) <= {NOW}"
        )


KEPT: Final = "JOIN terms n ON n.program_id = m.program_id AND n.settings_version = m.settings_version"

AGREEMENT: Final = Timer(
    Occasion.AGREEMENT,
    since="m.joined_at", after="n.agreement_unsigned", detail="'version-' || m.settings_version",
    rows=f"FROM mine m {KEPT} WHERE n.agreement"
    " AND NOT EXISTS (SELECT FROM mentorship_signatures s WHERE s.mentorship_id = m.mentorship_id"
    " AND s.participant_id = m.participant_id AND s.settings_version = m.settings_version)",
)  # fmt: skip

# Of what was agreed on and is over it is written down later whether they met: until then as if they had.
MET: Final = f"""
SELECT t.mentorship_id, count(*) FILTER (WHERE t.state = 'held') AS held,
       max(CASE t.state WHEN 'held' THEN t.held_at + make_interval(mins => t.duration_minutes)
                        ELSE {ENDS} END) AS last
  FROM meetings t WHERE t.state = 'held' OR (t.state = 'confirmed' AND {ENDS} <= {NOW})
 GROUP BY t.mentorship_id
"""  # noqa: S608 as above
# A date agreed on for later is as good as having met.
MEETING: Final = Timer(
    Occasion.MEETING,
    since="greatest(h.last, m.began_at)", detail="'meeting-' || coalesce(h.held, 0) + 1",
    after="CASE WHEN coalesce(h.held, 0) = 0 THEN n.first_meeting ELSE n.next_meeting END",
    rows=f"FROM mine m {KEPT} LEFT JOIN met h ON h.mentorship_id = m.mentorship_id"
    " WHERE NOT EXISTS (SELECT FROM meetings t WHERE t.mentorship_id = m.mentorship_id"
    f" AND t.state = 'confirmed' AND {ENDS} > {NOW})",
)  # fmt: skip

MILESTONE: Final = Timer(
    Occasion.MILESTONE,
    since="m.began_at", after="p.due_day + n.milestone_stuck", detail="p.milestone",
    rows=f"FROM mine m {KEPT} CROSS JOIN LATERAL (SELECT p.milestone, p.due_day FROM plan p"  # noqa: S608 as above
    " WHERE p.program_id = m.program_id AND p.settings_version = m.settings_version"
    " AND NOT EXISTS (SELECT FROM mentorship_milestones r"
    " WHERE r.mentorship_id = m.mentorship_id AND r.milestone = p.milestone)"
    " ORDER BY p.due_day, p.number LIMIT 1) p",
)  # fmt: skip

# As in the inbox, which counts pauses in days.
CHECK_IN: Final = Timer(
    Occasion.CHECK_IN, rests=False,
    since=f"{CHECK_IN_DAY}::timestamp AT TIME ZONE 'UTC'",
    detail="'check-in-' || 1 + (SELECT count(*) FROM mentorship_check_ins c"
    " WHERE c.participant_id = m.participant_id AND c.mentorship_id = m.mentorship_id)",
    rows=f"FROM mine m {KEPT} {LAST_CHECK_IN.format(viewer='m.participant_id')} {PAUSED_SINCE}"
    " WHERE n.checks_in",
)  # fmt: skip

MEMBERS: Final = (
    "ARRAY(SELECT w.participant_id FROM mentorship_members w"
    " WHERE w.mentorship_id = m.mentorship_id AND w.left_at IS NULL)"
)
# Whatever its members did: facilitators who look in break no silence.
LAST_ACT: Final = (
    "SELECT max(h.at) AS at FROM history h WHERE h.mentorship_id = m.mentorship_id"  # noqa: S608 as above
    f" AND h.by_id = ANY ({MEMBERS})"
)
# The last entries of most are of these days, and enough to know; only where they are not, all are looked at.
LATELY: Final = (
    "SELECT max(r.at) AS at FROM (SELECT h.at, h.by_id FROM history h"  # noqa: S608 as above
    " WHERE h.mentorship_id = m.mentorship_id"
    f" ORDER BY h.position DESC LIMIT 10) r WHERE r.by_id = ANY ({MEMBERS})"
)
# Taken up again, it is heard of.
TAKEN_UP: Final = (
    "SELECT max(back.recorded_at) AS at FROM mentorship_ends e JOIN events back"
    " ON back.position = e.reopened_position WHERE e.mentorship_id = m.mentorship_id"
)
LONG_AGO: Final = f"+ make_interval(days => n.silence_warning) <= {NOW}"
SILENT: Final = f"""
SELECT s.*, 'since-' || to_char(s.since AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS detail
  FROM (SELECT m.*, n.silence_warning, n.silence_conclusion, greatest(m.began_at, l.at, t.at) AS since
          FROM running m {KEPT}
          LEFT JOIN LATERAL ({LATELY}) latest ON true
          LEFT JOIN LATERAL ({LAST_ACT}) l ON coalesce(latest.at, m.began_at) {LONG_AGO}
          LEFT JOIN LATERAL ({TAKEN_UP}) t ON true
         WHERE m.began_at {LONG_AGO} AND coalesce(latest.at, m.began_at) {LONG_AGO}) s
"""  # noqa: S608 as above

SILENCE: Final = Timer(
    Occasion.SILENCE,
    since="m.since", after="m.silence_warning", detail="m.detail", to="w.person",
    rows="FROM silent m CROSS JOIN LATERAL (SELECT w.participant_id AS person FROM mentorship_members w"
    " WHERE w.mentorship_id = m.mentorship_id AND w.left_at IS NULL"
    " UNION SELECT s.person_id FROM program_staff s"
    " WHERE s.program_id = m.program_id AND s.role = 'facilitator') w",
)  # fmt: skip

ENDING: Final = Timer(
    Occasion.ENDING, rests=False,
    since="m.planned_end::timestamp AT TIME ZONE 'UTC'", detail="'ends-' || m.planned_end",
    rows=f"FROM mine m {KEPT}",
)  # fmt: skip

ASKED: Final = "JOIN proposal_members v ON v.proposal_id = m.proposal_id"
ANSWER_OPEN: Final = (
    f"m.state = 'waiting' AND m.expires_at > {NOW} AND v.accepted_at IS NULL AND v.declined_at IS NULL"
    " AND v.participant_id IS DISTINCT FROM m.author_id"
    f" AND {SOUND.format(stream='m.proposal_id', program='m.program_id')}"
)
WISH: Final = Timer(
    Occasion.WISH, about="m.proposal_id", to="v.participant_id", mentorship="NULL", rests=False,
    since="m.made_at", after="n.wish_reminder", detail="'wish'",
    rows=f"FROM proposals m {ASKED} {KEPT} WHERE m.mode = 'self_directed' AND {ANSWER_OPEN}",
)  # fmt: skip

PROPOSAL: Final = Timer(
    Occasion.PROPOSAL, about="m.proposal_id", to="v.participant_id", mentorship="NULL", rests=False,
    since="m.made_at", detail="'proposal'",
    rows=f"FROM proposals m {ASKED} {KEPT} WHERE m.mode <> 'self_directed' AND {ANSWER_OPEN}",
)  # fmt: skip

INVITATION: Final = Timer(
    Occasion.INVITATION, about="e.enrollment_id", to="e.participant_id", mentorship="NULL", rests=False,
    since="e.invited_at", detail="'invitation'",
    rows=f"FROM programs m {KEPT} JOIN enrollments e ON e.program_id = m.program_id"
    " WHERE m.state = 'open' AND e.state = 'invited'"
    f" AND {SOUND.format(stream='e.enrollment_id', program='m.program_id')}",
)  # fmt: skip

# Calendar days: the survey itself has its last day. In a pause nobody is reminded of one, either.
SURVEY: Final = Timer(
    Occasion.SURVEY, about="m.survey_id", to="m.to_id", rests=False,
    since="m.asked_at", after="n.survey_reminder", detail="'survey'",
    rows="FROM (SELECT s.*, o.settings_version FROM surveys s"  # noqa: S608 as above
    " JOIN mentorships o ON o.mentorship_id = s.mentorship_id"
    f" WHERE s.state = 'asked' AND s.due >= {TODAY} AND o.state <> 'paused'"
    f" AND {SOUND.format(stream='s.survey_id, s.mentorship_id', program='s.program_id')}) m {KEPT}",
)  # fmt: skip

ALL: Final = (
    AGREEMENT, MEETING, MILESTONE, CHECK_IN, SURVEY, SILENCE, ENDING, WISH, PROPOSAL, INVITATION,
)  # fmt: skip
