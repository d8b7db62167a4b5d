"""How people are read: names and words about oneself by colleagues, the rest by fewer."""

from typing import Final

from domain.permissions import Action
from projections.log_shapes import log_of
from projections.proposal_edges import MENTORSHIPS, proposals_of_person
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, Many, One, Order, Shape
from projections.staffing import staff_of

MODELS: Final = ("profiles", "preferences")
"""The read models these shapes are made of."""

OWN: Final = "{t}.participant_id = {viewer}"
# Whom a guest knows: themself, who is or was in a relationship while they were, and who has asked them.
ACQUAINTED: Final = (
    "({t}.participant_id = {viewer}"
    " OR EXISTS (SELECT FROM mentorship_members v"
    " JOIN mentorship_members o ON o.mentorship_id = v.mentorship_id"
    " WHERE v.participant_id = {viewer} AND o.participant_id = {t}.participant_id"
    " AND (v.left_at IS NULL OR o.joined_at <= v.left_at))"
    " OR EXISTS (SELECT FROM inquiries i WHERE (i.asker_id, i.expert_id) IN"
    " (({t}.participant_id, {viewer}), ({viewer}, {t}.participant_id))))"
)
COLLEAGUES: Final = Guard(Action.SEE_NAMES, own=ACQUAINTED)
CONTACT: Final = Guard(Action.SEE_CONTACT, own=OWN)
RECORD: Final = Guard(Action.SEE_RECORD, own=OWN)
PRIVATE: Final = Guard(Action.SEE_PRIVATE, own=OWN)

BY_NAME: Final = Key("coalesce({t}.name, '')", "text", COLLEAGUES)
BY_ID: Final = Key("{t}.participant_id", "uuid")
PEOPLE_ORDERS: Final = {
    "name": Order((BY_NAME, BY_ID)),
    "name_desc": Order((BY_NAME, BY_ID), descending=True),
    "registered_at": Order((Key("{t}.registered_at", "timestamptz"), BY_ID)),
    "registered_at_desc": Order((Key("{t}.registered_at", "timestamptz"), BY_ID), descending=True),
}

OFFERS: Final = "EXISTS (SELECT FROM competency_offers o WHERE o.participant_id = {t}.participant_id"
SEEKS: Final = "EXISTS (SELECT FROM competency_wishes w WHERE w.participant_id = {t}.participant_id"
# Who avoids the viewer or is avoided, or has declined them for good or was declined, takes nobody as far as
# the viewer can tell: a wish is answered so, and neither a profile nor a search may say otherwise.
APART: Final = (
    "(EXISTS (SELECT FROM avoidances a WHERE a.participant_id = {t}.participant_id"
    " AND a.person_id = {viewer})"
    " OR EXISTS (SELECT FROM avoidances a WHERE a.participant_id = {viewer}"
    " AND a.person_id = {t}.participant_id)"
    " OR {t}.participant_id IN (SELECT o.participant_id"
    " FROM proposal_members v JOIN proposal_members o ON o.proposal_id = v.proposal_id AND o.role <> v.role"
    " WHERE v.participant_id = {viewer} AND (v.for_good OR o.for_good)))"
)
# Of who mentors nowhere and is no expert it would be odd, and nobody can ask them.
ACCEPTING: Final = (
    "({t}.accepting AND NOT (" + APART + " AND ({t}.expert_topics IS NOT NULL"
    " OR EXISTS (SELECT FROM enrollments e"
    " WHERE e.participant_id = {t}.participant_id AND e.role = 'mentor'))))"
)
TAKES_ON: Final = (
    "{t}.accepting AND {t}.status = 'active'"  # noqa: S608 every part of it is written here
    " AND EXISTS (SELECT FROM enrollments e JOIN programs g ON g.program_id = e.program_id"
    " WHERE e.program_id = {v} AND e.participant_id = {t}.participant_id"
    " AND e.role = 'mentor' AND e.state = 'approved'"
    " AND e.places_reserved < (g.enrollment -> 'capacity' ->> 'mentees_per_mentor')::int"
    " AND ({t}.hours_a_month IS NULL OR {t}.hours_a_month >="
    " (g.enrollment -> 'capacity' ->> 'hours_a_month')::int + (SELECT sum(o.hours_reserved)"
    " FROM enrollments o WHERE o.participant_id = {t}.participant_id)))"
    " AND NOT " + APART
)
INSIDERS: Final = Guard(
    Action.SEE_ENROLLMENTS,
    own="EXISTS (SELECT FROM enrollments i WHERE i.program_id = {v} AND i.participant_id = {viewer}"
    " AND i.state IN ('approved', 'paused'))",
    staffed=staff_of("{v}"),
)
PEOPLE_FILTERS: Final = {
    "text": Filter(
        "strpos(lower(concat_ws(' ', {t}.name, {t}.job_title, {t}.department, {t}.location)),"
        " lower({v})) > 0",
        "text",
        guard=COLLEAGUES,
    ),
    "department": Filter("{t}.department = {v}", "text"),
    "location": Filter("{t}.location = {v}", "text"),
    "timeZone": Filter("{t}.time_zone = {v}", "text"),
    "language": Filter("{v} = ANY ({t}.languages)", "text"),
    "status": Filter("{t}.status = {v}", "text"),
    "accepting": Filter(ACCEPTING + " = {v}", "boolean"),
    "expert": Filter("({t}.expert_topics IS NOT NULL) = {v}", "boolean"),
    "manager": Filter("{t}.manager_id = {v}", "uuid", of="Participant"),
    "competencyOffered": Filter(OFFERS + " AND lower(o.competency) = lower({v}))", "text"),
    "competencySought": Filter(SEEKS + " AND lower(w.competency) = lower({v}))", "text"),
    "mentorsIn": Filter(TAKES_ON, "uuid", of="Program", guard=INSIDERS),
}

PARTICIPANT: Final = Shape(
    "Participant",
    "profiles",
    key="{t}.participant_id",
    seen=(Guard(Action.SEE_PROFILES, own=ACQUAINTED),),
    columns=(
        Column("id", Kind.ID, "{t}.participant_id", of="Participant"),
        Column("name", Kind.TEXT, "{t}.name", COLLEAGUES),
        Column("job_title", Kind.TEXT, "{t}.job_title"),
        Column("department", Kind.TEXT, "{t}.department"),
        Column("location", Kind.TEXT, "{t}.location"),
        Column("time_zone", Kind.TEXT, "{t}.time_zone"),
        Column("languages", Kind.TEXTS, "{t}.languages"),
        Column("biography", Kind.TEXT, "{t}.biography", COLLEAGUES),
        Column("work_history", Kind.JSON, "{t}.work_history", COLLEAGUES),
        Column("email", Kind.TEXT, "{t}.email", CONTACT),
        Column("contact", Kind.JSON, "{t}.contact", CONTACT),
        Column("external_id", Kind.TEXT, "{t}.external_id", RECORD),
        Column("source", Kind.TEXT, "{t}.source", RECORD),
        Column("sources", Kind.JSON, "{t}.field_sources", RECORD),
        Column("demographics", Kind.JSON, "{t}.demographics", PRIVATE),
        Column("hours_a_month", Kind.INT, "{t}.hours_a_month"),
        Column("accepting", Kind.BOOL, ACCEPTING),
        Column("available_until", Kind.DATE, "{t}.available_until"),
        Column("status", Kind.ENUM, "{t}.status"),
        Column("erased", Kind.BOOL, "({t}.status = 'erased')"),
        Column("expert_headline", Kind.TEXT, "{t}.expert_headline", COLLEAGUES),
        Column("expert_topics", Kind.TEXTS, "{t}.expert_topics"),
        Column("registered_at", Kind.TIMESTAMP, "{t}.registered_at"),
        Column("left_at", Kind.TIMESTAMP, "{t}.left_at"),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "manager": One("Participant", "{t}.participant_id = {p}.manager_id"),
        "reports": Connection(
            "Participant", "{t}.manager_id = {p}.participant_id", {"name": PEOPLE_ORDERS["name"]}
        ),
        "competenciesOffered": Many(
            "CompetencyOffer", "{t}.participant_id = {p}.participant_id", "{t}.level DESC, {t}.competency"
        ),
        "competenciesSought": Many(
            "CompetencyWish", "{t}.participant_id = {p}.participant_id", "{t}.priority, {t}.competency"
        ),
        "guestInvitation": One(
            "GuestInvitation",
            "{t}.participant_id = {p}.participant_id AND {t}.invited_until IS NOT NULL",
        ),
        "avoids": Many(
            "Participant",
            "{t}.participant_id IN"
            " (SELECT a.person_id FROM avoidances a WHERE a.participant_id = {p}.participant_id)",
            "{t}.participant_id",
            Guard(Action.SEE_PRIVATE, own="{p}.participant_id = {viewer}"),
        ),
        "consents": Many(
            "Consent",
            "{t}.participant_id = {p}.participant_id",
            "{t}.given_at, {t}.policy",
            Guard(Action.SEE_RECORD, own="{p}.participant_id = {viewer}"),
        ),
        "notificationPreferences": One(
            "NotificationPreferences",
            "{t}.participant_id = {p}.participant_id",
            Guard(Action.SEE_NOTIFICATIONS, own="{p}.participant_id = {viewer}"),
        ),
        "enrollments": Connection(
            "Enrollment",
            "{t}.participant_id = {p}.participant_id",
            {"": Order((Key("{t}.enrollment_id", "uuid"),))},
            {
                "role": Filter("{t}.role = {v}", "text"),
                "states": Filter("{t}.state = ANY ({v})", "text[]"),
            },
        ),
        "proposals": proposals_of_person(),
        "mentorships": MENTORSHIPS,
        "log": log_of("{p}.participant_id"),
    },
)

COMPETENCY_OFFER: Final = Shape(
    "CompetencyOffer",
    "competency_offers",
    columns=(Column("competency", Kind.TEXT, "{t}.competency"), Column("level", Kind.INT, "{t}.level")),
)

COMPETENCY_WISH: Final = Shape(
    "CompetencyWish",
    "competency_wishes",
    columns=(
        Column("competency", Kind.TEXT, "{t}.competency"),
        Column("level", Kind.INT, "{t}.level"),
        Column("priority", Kind.INT, "{t}.priority"),
    ),
)

CONSENT: Final = Shape(
    "Consent",
    "consents",
    columns=(
        Column("policy", Kind.TEXT, "{t}.policy"),
        Column("version", Kind.INT, "{t}.version"),
        Column("given_at", Kind.TIMESTAMP, "{t}.given_at"),
        Column("withdrawn_at", Kind.TIMESTAMP, "{t}.withdrawn_at"),
    ),
)

PREFERENCES: Final = Shape(
    "NotificationPreferences",
    "notification_preferences",
    columns=(
        Column("mail", Kind.BOOL, "{t}.mail"),
        Column("muted", Kind.ENUMS, "{t}.muted"),
        Column("quiet_since", Kind.TEXT, "{t}.quiet_since"),
        Column("quiet_until", Kind.TEXT, "{t}.quiet_until"),
    ),
)

SHAPES: Final = (PARTICIPANT, COMPETENCY_OFFER, COMPETENCY_WISH, CONSENT, PREFERENCES)
