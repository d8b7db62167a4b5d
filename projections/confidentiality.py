"""Who sees the content of what happens in a relationship, by the programme's policy, as conditions on rows.

`mentorship` and `at` are SQL: the relationship a row belongs to and the moment it is of.
"""

from typing import Final

from domain.accountability_settings import Confidentiality
from domain.permissions import Action
from projections.shape import Guard

KINDS: Final = frozenset(Confidentiality.model_fields)


def member_of(mentorship: str, at: str | None = None) -> str:
    """The viewer is in the relationship; who has left sees what was `at` a moment before that."""
    until = "" if at is None else f" AND (v.left_at IS NULL OR {at} <= v.left_at)"
    return (
        f"EXISTS (SELECT FROM mentorship_members v WHERE v.mentorship_id = {mentorship}"
        " AND v.participant_id = {viewer}" + until + ")"
    )


def staff_of_mentorship(mentorship: str) -> str:
    """The viewer is staff of its programme, in the role at hand."""
    return (
        "EXISTS (SELECT FROM mentorships w JOIN program_staff s ON s.program_id = w.program_id"
        f" WHERE w.mentorship_id = {mentorship} AND s.person_id = {{viewer}} AND s.role = {{role}})"
    )


def trusted(kind: str, mentorship: str) -> str:
    """The same, where its policy lets that role see the content of this kind."""
    if kind not in KINDS:
        raise ValueError(kind)
    default = Confidentiality.model_fields[kind].default
    wanted = f"n.settings #>> '{{{{accountability,confidentiality,{kind}}}}}'"
    policy = (
        f"coalesce((SELECT {wanted} FROM program_versions n"  # noqa: S608 every part of it is written here
        " WHERE n.program_id = w.program_id AND n.settings_version = w.settings_version),"
        f" '{default}')"
    )
    return (
        "EXISTS (SELECT FROM mentorships w JOIN program_staff s ON s.program_id = w.program_id"
        f" WHERE w.mentorship_id = {mentorship} AND s.person_id = {{viewer}} AND s.role = {{role}}"
        f" AND ({policy} = 'administrator' OR ({policy} = 'facilitator' AND s.role = 'facilitator')))"
    )


def broken(mentorship: str) -> str:
    """Who asks has broken the glass, not too long ago."""
    return (
        f"EXISTS (SELECT FROM mentorship_glass b WHERE b.mentorship_id = {mentorship}"
        " AND b.actor = {actor} AND b.until > now())"
    )


def content(kind: str, action: Action, mentorship: str, at: str, *, when: str = "true") -> Guard:
    """Whoever sees the content of an item of this `kind` (a field of Confidentiality)."""
    return Guard(
        action,
        own=member_of(mentorship, at),
        staffed=trusted(kind, mentorship),
        opened=broken(mentorship),
        when=when,
    )


def known_of(mentorship: str) -> str:
    """It may be known of: outside every programme by its members, and by who has broken the glass."""
    in_a_programme = (
        "EXISTS (SELECT FROM mentorships w"
        f" WHERE w.mentorship_id = {mentorship} AND w.program_id IS NOT NULL)"
    )
    return f"({in_a_programme} OR {member_of(mentorship)} OR {broken(mentorship)})"


def happened(mentorship: str, at: str | None = None) -> Guard:
    """Whoever sees that something happened in the relationship."""
    return Guard(
        Action.SEE_MENTORSHIPS,
        own=member_of(mentorship, at),
        staffed=staff_of_mentorship(mentorship),
        when=known_of(mentorship),
    )
