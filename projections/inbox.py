"""What waits for somebody: read where it is kept, so that it is gone the moment it is settled."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from projections.assignment_shapes import due_of

EXCERPT: Final = 200
"""So much of what somebody has said tells which it is."""


class InboxKind(StrEnum):
    """From finding each other to looking after a programme."""

    INVITATION = "invitation"
    APPLICATION_QUESTION = "application_question"
    PROPOSAL = "proposal"
    PROPOSAL_QUESTION = "proposal_question"
    AGREEMENT = "agreement"
    QUESTION = "question"
    ANSWER = "answer"
    MEETING_TIME = "meeting_time"
    MEETING_ANSWER = "meeting_answer"
    MEETING_RECORD = "meeting_record"
    CHECK_IN = "check_in"
    SUGGESTION = "suggestion"
    ASSIGNMENT = "assignment"
    SUBMISSION = "submission"
    INQUIRY = "inquiry"
    INQUIRY_RATING = "inquiry_rating"
    APPLICATION = "application"
    CONCERN = "concern"
    SURVEY = "survey"
    ANNOUNCEMENT = "announcement"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of what can wait, as SQL: `rows` is FROM and WHERE, the rest is told of such a row.

    `about` is the key of an `of`, which is what `command` takes; `since` when it began to wait. `staff`: it
    waits for the staff of the programme, not for a person.
    """

    kind: InboxKind
    command: str
    of: str
    about: str
    since: str
    rows: str
    title: str = "NULL"
    due: str = "NULL"
    mentorship: str = "NULL"
    program: str = "NULL"
    staff: bool = False

    @property
    def select(self) -> str:
        return (
            f"SELECT '{self.kind}'::text AS kind, '{self.command}'::text AS command,"
            f" '{self.of}'::text AS about_type, {self.about}::text AS about_key,"
            f" {self.mentorship}::uuid AS mentorship_id, {self.program}::uuid AS program_id,"
            f" left(({self.title})::text, {EXCERPT}) AS title, ({self.since})::timestamptz AS since,"
            f" ({self.due})::timestamptz AS due_at, {str(self.staff).lower()} AS for_staff {self.rows}"
        )


def end_of(day: str) -> str:
    """The moment at which that day is over."""
    return f"(({day}) + 1)::timestamp AT TIME ZONE 'UTC'"


# The relationships that somebody is in now, and that something can still be done in.
MINE: Final = (
    "SELECT w.mentorship_id, w.role, w.joined_at, m.program_id, m.settings_version, m.state,"
    " (m.type ->> 'cadence_days')::int AS cadence_days, g.name AS program"
    " FROM mentorship_members w JOIN mentorships m ON m.mentorship_id = w.mentorship_id"
    " LEFT JOIN programs g ON g.program_id = m.program_id"
    " WHERE w.participant_id = {viewer} AND w.left_at IS NULL AND m.state IN ('running', 'paused')"
    " AND g.state IS DISTINCT FROM 'archived'"
)
STAFFED: Final = (
    "SELECT DISTINCT g.program_id, g.name FROM program_staff s JOIN programs g ON g.program_id = s.program_id"
    " WHERE s.person_id = {viewer} AND s.role = ANY ({roles}) AND g.state <> 'archived'"
)

FINDING_EACH_OTHER: Final = (
    Waiting(
        InboxKind.INVITATION, "applyToProgram", "Program", "e.program_id",
        title="g.name", program="e.program_id", since="e.invited_at",
        rows="FROM enrollments e JOIN programs g ON g.program_id = e.program_id"
        " WHERE e.participant_id = {viewer} AND e.state = 'invited' AND g.state = 'open'",
    ),
    Waiting(
        InboxKind.APPLICATION_QUESTION, "giveInformation", "Enrollment", "e.enrollment_id",
        title="e.question", program="e.program_id", since="e.applied_at",
        rows="FROM enrollments e JOIN programs g ON g.program_id = e.program_id"
        " WHERE e.participant_id = {viewer} AND e.state = 'information_requested'"
        " AND g.state <> 'archived'",
    ),
    Waiting(
        InboxKind.PROPOSAL, "acceptProposal", "Proposal", "p.proposal_id",
        title="g.name", program="p.program_id", since="p.made_at", due="p.expires_at",
        rows="FROM proposal_members v JOIN proposals p ON p.proposal_id = v.proposal_id"
        " JOIN programs g ON g.program_id = p.program_id"
        " WHERE v.participant_id = {viewer} AND p.state = 'waiting'"
        " AND v.accepted_at IS NULL AND v.declined_at IS NULL",
    ),
    Waiting(
        InboxKind.PROPOSAL_QUESTION, "giveProposalInformation", "Proposal", "p.proposal_id",
        title="p.question", program="p.program_id", since="p.question_at", due="p.expires_at",
        rows="FROM proposal_members v JOIN proposals p ON p.proposal_id = v.proposal_id"
        " WHERE v.participant_id = {viewer} AND p.state = 'waiting' AND p.question_by <> {viewer}"
        " AND (p.answer_at IS NULL OR p.answer_at < p.question_at)",
    ),
)  # fmt: skip

TALK: Final = (
    Waiting(
        InboxKind.QUESTION, "answerQuestion", "Question", "q.said_id",
        title="q.text", mentorship="q.mentorship_id", program="m.program_id", since="q.said_at",
        rows="FROM mine m JOIN conversation_said q ON q.mentorship_id = m.mentorship_id"
        " WHERE q.kind = 'question' AND q.by_id <> {viewer} AND q.withdrawn_at IS NULL"
        " AND NOT EXISTS (SELECT FROM conversation_said a"
        " WHERE a.question_id = q.said_id AND a.withdrawn_at IS NULL)",
    ),
    # The newest answer stands for all of them.
    Waiting(
        InboxKind.ANSWER, "acceptAnswer", "Answer", "a.said_id",
        title="a.text", mentorship="q.mentorship_id", program="m.program_id", since="a.said_at",
        rows="FROM mine m JOIN conversation_said q ON q.mentorship_id = m.mentorship_id"
        " CROSS JOIN LATERAL (SELECT s.said_id, s.text, s.said_at FROM conversation_said s"
        " WHERE s.question_id = q.said_id AND s.withdrawn_at IS NULL"
        " ORDER BY s.position DESC LIMIT 1) a"
        " WHERE q.kind = 'question' AND q.by_id = {viewer} AND q.withdrawn_at IS NULL"
        " AND NOT EXISTS (SELECT FROM conversation_said o WHERE o.question_id = q.said_id"
        " AND o.accepted_at IS NOT NULL AND o.withdrawn_at IS NULL)",
    ),
)  # fmt: skip

OWN_ANSWER: Final = (
    "(SELECT a.answer FROM meeting_answers a"
    " WHERE a.meeting_id = t.meeting_id AND a.participant_id = {viewer})"
)
OTHERS_ACCEPT: Final = (
    "EXISTS (SELECT FROM meeting_answers a WHERE a.meeting_id = t.meeting_id"
    " AND a.participant_id <> {viewer} AND a.answer = 'accepted')"
)
MEETINGS_OF_MINE: Final = "FROM mine m JOIN meetings t ON t.mentorship_id = m.mentorship_id"
ENDS: Final = "(t.starts_at + make_interval(mins => t.minutes))"
# Whoever has proposed the times has accepted them, and confirms one once somebody else has.
MEETINGS: Final = (
    Waiting(
        InboxKind.MEETING_TIME, "confirmMeeting", "Meeting", "t.meeting_id",
        title="t.title", mentorship="t.mentorship_id", program="m.program_id", since="t.changed_at",
        due="(SELECT max(s.starts_at) FROM meeting_slots s WHERE s.meeting_id = t.meeting_id)",
        rows=f"{MEETINGS_OF_MINE} WHERE t.state = 'proposed'"
        " AND EXISTS (SELECT FROM meeting_slots s WHERE s.meeting_id = t.meeting_id AND s.starts_at > now())"
        f" AND ({OWN_ANSWER} IS NULL OR ({OWN_ANSWER} = 'accepted' AND {OTHERS_ACCEPT}))",
    ),
    Waiting(
        InboxKind.MEETING_ANSWER, "answerMeeting", "Meeting", "t.meeting_id",
        title="t.title", mentorship="t.mentorship_id", program="m.program_id", since="t.confirmed_at",
        due="t.starts_at",
        rows=f"{MEETINGS_OF_MINE} WHERE t.state = 'confirmed' AND t.starts_at > now()"
        f" AND {OWN_ANSWER} IS NULL",
    ),
    Waiting(
        InboxKind.MEETING_RECORD, "recordMeetingHeld", "Meeting", "t.meeting_id",
        title="t.title", mentorship="t.mentorship_id", program="m.program_id", since=ENDS,
        rows=f"{MEETINGS_OF_MINE} WHERE t.state = 'confirmed' AND {ENDS} <= now()",
    ),
)  # fmt: skip

KEPT_TERMS: Final = (
    "FROM mine m JOIN program_versions n"
    " ON n.program_id = m.program_id AND n.settings_version = m.settings_version"
)
ACCOUNTABILITY: Final = "n.settings -> 'accountability'"
MEASURED: Final = (
    f"({ACCOUNTABILITY} ->> 'degree' IN ('standard', 'strict')"
    f""" OR {ACCOUNTABILITY} -> 'targets' @> '[{{{{"metric": "check_in_rate"}}}}]')"""
)
# A cadence after the last one, or after joining; the days of the pauses since then are added.
LAST_CHECK_IN: Final = (
    "CROSS JOIN LATERAL (SELECT (coalesce(max(c.at), m.joined_at) AT TIME ZONE 'UTC')::date AS day"
    " FROM mentorship_check_ins c"
    " WHERE c.participant_id = {viewer} AND c.mentorship_id = m.mentorship_id) l"
)
PAUSED_SINCE: Final = (
    "CROSS JOIN LATERAL (SELECT coalesce(sum((p.ended_at AT TIME ZONE 'UTC')::date"
    " - greatest((p.paused_at AT TIME ZONE 'UTC')::date, l.day)), 0)::int AS days FROM mentorship_pauses p"
    " WHERE p.mentorship_id = m.mentorship_id AND (p.ended_at AT TIME ZONE 'UTC')::date > l.day) u"
)
CHECK_IN_DAY: Final = "(l.day + m.cadence_days + u.days)"
OBLIGATIONS: Final = (
    Waiting(
        InboxKind.AGREEMENT, "signAgreement", "Mentorship", "m.mentorship_id",
        title="m.program", mentorship="m.mentorship_id", program="m.program_id", since="m.joined_at",
        due=f"m.joined_at + make_interval(days =>"
        f" ({ACCOUNTABILITY} -> 'timers' ->> 'agreement_unsigned')::int)",
        rows=f"{KEPT_TERMS} WHERE n.settings -> 'agreement' ->> 'required' = 'true'"
        " AND NOT EXISTS (SELECT FROM mentorship_signatures s WHERE s.mentorship_id = m.mentorship_id"
        " AND s.participant_id = {viewer} AND s.settings_version = m.settings_version)",
    ),
    Waiting(
        InboxKind.CHECK_IN, "checkIn", "Mentorship", "m.mentorship_id",
        title="m.program", mentorship="m.mentorship_id", program="m.program_id",
        since=f"{CHECK_IN_DAY}::timestamp AT TIME ZONE 'UTC'", due=end_of(CHECK_IN_DAY),
        rows=f"{KEPT_TERMS} {LAST_CHECK_IN} {PAUSED_SINCE} WHERE m.state = 'running' AND {MEASURED}"
        f" AND {CHECK_IN_DAY} <= (now() AT TIME ZONE 'UTC')::date",
    ),
)  # fmt: skip

OF_MINE: Final = "FROM mine m JOIN assignments a ON a.mentorship_id = m.mentorship_id"
LEARNING: Final = (
    Waiting(
        InboxKind.SUGGESTION, "startAssignment", "Assignment", "a.assignment_id",
        title="a.title", mentorship="a.mentorship_id", program="m.program_id", since="a.given_at",
        rows=f"{OF_MINE} WHERE a.for_id = {{viewer}} AND a.state = 'suggested'",
    ),
    Waiting(
        InboxKind.ASSIGNMENT, "submitAssignment", "Assignment", "a.assignment_id",
        title="a.title", mentorship="a.mentorship_id", program="m.program_id",
        since="greatest(a.assigned_at, a.returned_at, a.given_at)", due=end_of(due_of("a")),
        rows=f"{OF_MINE} WHERE a.for_id = {{viewer}} AND a.state IN ('assigned', 'started', 'returned')",
    ),
    Waiting(
        InboxKind.SUBMISSION, "completeAssignment", "Assignment", "a.assignment_id",
        title="a.title", mentorship="a.mentorship_id", program="m.program_id", since="a.submitted_at",
        rows=f"{OF_MINE} WHERE a.state = 'submitted'"
        " AND (a.given_by = {viewer} OR (m.role = 'mentor' AND a.for_id <> {viewer}))",
    ),
)  # fmt: skip

OPENING_WORDS: Final = (
    "(SELECT w.text FROM inquiry_words w WHERE w.inquiry_id = i.inquiry_id ORDER BY w.position LIMIT 1)"
)
LAST_SAID: Final = "(SELECT max(w.said_at) FROM inquiry_words w WHERE w.inquiry_id = i.inquiry_id)"
EXPERTS: Final = (
    Waiting(
        InboxKind.INQUIRY, "answerInquiry", "Inquiry", "i.inquiry_id",
        title=OPENING_WORDS, since=LAST_SAID,
        rows="FROM inquiries i WHERE i.expert_id = {viewer} AND i.state = 'waiting'",
    ),
    Waiting(
        InboxKind.INQUIRY_RATING, "rateInquiry", "Inquiry", "i.inquiry_id",
        title=OPENING_WORDS, since=LAST_SAID,
        rows="FROM inquiries i WHERE i.asker_id = {viewer} AND i.rating IS NULL"
        " AND (i.state = 'answered' OR i.mentorship_id IS NOT NULL)",
    ),
)  # fmt: skip

# Also of what has ended: it is evaluated then.
SURVEYS: Final = (
    Waiting(
        InboxKind.SURVEY, "answerSurvey", "Survey", "s.survey_id",
        title="g.name", mentorship="s.mentorship_id", program="s.program_id", since="s.asked_at",
        due=end_of("s.due"),
        rows="FROM surveys s LEFT JOIN programs g ON g.program_id = s.program_id"
        " WHERE s.to_id = {viewer} AND s.state = 'asked'",
    ),
)  # fmt: skip

# What a reminder is about waits here by itself, until it is settled; of the rest one is told alone.
OF_ITS_OWN: Final = "('meeting', 'milestone', 'silence', 'ending', 'escalation')"
NOTICES: Final = tuple(
    Waiting(
        kind, "markNotificationRead", "Notification", "n.notification_id",
        title="g.name", mentorship="n.mentorship_id", program="n.program_id", since="n.sent_at",
        rows="FROM notifications n LEFT JOIN programs g ON g.program_id = n.program_id"
        f" WHERE n.to_id = {{viewer}} AND n.read_at IS NULL AND n.occasion IN {occasions}",
    )
    for kind, occasions in (
        (InboxKind.ANNOUNCEMENT, "('announcement')"),
        (InboxKind.NOTICE, OF_ITS_OWN),
    )
)  # fmt: skip

STAFF: Final = (
    Waiting(
        InboxKind.APPLICATION, "approveEnrollment", "Enrollment", "e.enrollment_id",
        title="s.name", program="e.program_id", since="e.applied_at", staff=True,
        rows="FROM staffed s JOIN enrollments e ON e.program_id = s.program_id WHERE e.state = 'applied'",
    ),
    Waiting(
        InboxKind.CONCERN, "settleConcern", "Concern", "c.concern_id",
        title="s.name", mentorship="c.mentorship_id", program="s.program_id", since="c.raised_at",
        staff=True,
        rows="FROM mentorship_concerns c JOIN mentorships m ON m.mentorship_id = c.mentorship_id"
        " JOIN staffed s ON s.program_id = m.program_id WHERE c.settled_at IS NULL",
    ),
)  # fmt: skip

ALL: Final = (
    *FINDING_EACH_OTHER, *OBLIGATIONS, *TALK, *MEETINGS, *LEARNING, *SURVEYS, *EXPERTS, *NOTICES, *STAFF,
)  # fmt: skip
TABLE: Final = (
    f"(WITH mine AS ({MINE}), staffed AS ({STAFFED}) "
    + " UNION ALL ".join(waiting.select for waiting in ALL)
    + ")"
)
