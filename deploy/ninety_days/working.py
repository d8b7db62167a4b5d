"""What the people of a relationship work on: goals, milestones, check-ins, tasks, things to read."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import uuid5

from deploy.ninety_days import sentences
from deploy.ninety_days.life import Content, Life, Strand
from domain import assignment, goals, resource
from domain.assignment import ASSIGNMENT, Assigned, Returned, Submitted
from domain.course import kind_of
from domain.ids import AssignmentId, ParticipantId, ResourceId
from domain.program_settings import Milestone, Side, Task
from domain.resource import RESOURCE, Audience, DocumentShared, LinkShared

MOST_GOALS: Final = 3
WHOLE: Final = 100
OF_WRITERS: Final = 0.25
"""So many keep notes."""


def signing(life: Life, who: ParticipantId) -> Strand:
    if who in life.within.unsigned:
        yield life.later(life.chance.uniform(0.2, 5), who)
        life.in_mentorship(who, goals.sign_agreement)


def aiming(life: Life, number: int) -> Strand:
    """One goal: set in the first weeks, brought forward step by step; some are dropped."""
    chance = life.chance
    yield life.later(chance.uniform(1, 9) + 8 * number, life.mentee)
    if not life.happens(1):
        return
    goal, text = life.new("goal"), chance.choice(sentences.GOALS) if number else life.cast.talk.goal
    competency = None if number else life.cast.talk.competency
    due = life.now.date() + timedelta(days=chance.randint(60, 160))
    owner = life.mentees[number % len(life.mentees)]
    life.in_mentorship(owner, goals.set_goal, goal=goal, text=text, competency=competency, due=due)
    reached = 0
    while reached < WHOLE:
        days = chance.uniform(5, 14)
        yield life.later(days, owner)
        if number and chance.random() < 0.02:
            return life.in_mentorship(owner, goals.drop_goal, goal=goal, reason="Others matter more now.")
        step = round(life.drawn(life.cast.temper.pace) * days / 7 / 5) * 5
        if step and life.happens(0.9):
            reached = min(reached + step, WHOLE)
            said = chance.choice(sentences.STEPS) if chance.random() < 0.6 else None
            life.in_mentorship(owner, goals.progress_goal, goal=goal, percent=reached, note=said)
    yield life.later(0.1, owner)
    life.in_mentorship(owner, goals.achieve_goal, goal=goal)


def reaching(life: Life, milestone: Milestone) -> Strand:
    """A milestone of the plan, early or late."""
    days = milestone.due_day * life.drawn(life.cast.temper.late)
    yield life.later(days, life.mentee)
    if life.happens(0.95):
        life.in_mentorship(life.mentor, goals.reach_milestone, milestone=milestone.id)


def checking_in(life: Life, who: ParticipantId) -> Strand:
    """Before each period of the cadence is over."""
    kind, temper, chance = kind_of(life.held, life.within), life.cast.temper, life.chance
    period = kind.cadence_days if kind else 14
    began = life.now
    for number in range(1, 1000):
        ends = began + timedelta(days=period * number)
        yield max(life.now, ends - timedelta(days=chance.uniform(0.2, 0.4 * period)))
        if life.happens(temper.checks_in) and who in life.within.members:
            ratings = {"progress": rated(life), "relationship": rated(life)}
            words = sentences.COMMENTS if temper.rates >= 3.5 else sentences.WORRIES
            comment = chance.choice(words) if chance.random() < 0.35 else None
            wish = {"check_in": life.new("check-in"), "ratings": ratings, "comment": comment}
            life.in_mentorship(who, goals.check_in, **wish)


def rated(life: Life) -> int:
    """From 1 to 5, around what the relationship is like; one that has faded is rated lower."""
    mean = life.cast.temper.rates - (0.7 if life.faded else 0)
    return max(1, min(5, round(life.chance.gauss(mean, 0.7))))


def reading(life: Life) -> Strand:
    """Links that the mentor shares; some are published to the programme, or to all."""
    chance = life.chance
    for title, url in (life.cast.talk.reading, *chance.sample(sentences.READING, 2)):
        yield life.later(chance.uniform(3, 25), life.mentor)
        if not life.happens(0.8):
            continue
        stream = RESOURCE.stream(ResourceId(life.new("link")))
        shared = LinkShared(mentorship=life.cast.mentorship, by=life.mentor, title=title, url=url)
        life.do(str(life.mentor), stream, resource.share_link, within=life.within, shared=shared)
        if chance.random() < 0.2:
            yield life.later(chance.uniform(0.5, 4), life.mentor)
            to = chance.choice((Audience.PROGRAM, Audience.DIRECTORY))
            wish: dict[str, Any] = {"by": life.mentor, "to": to, "named": chance.random() < 0.7}
            life.do(str(life.mentor), stream, resource.publish, within=life.within, **wish)


def writing_down(life: Life) -> Strand:
    """Some keep their notes in a document."""
    if life.chance.random() > OF_WRITERS:
        return
    yield life.later(life.chance.uniform(6, 40), life.mentee)
    said = (life.cast.talk.agenda, life.cast.talk.minutes, life.chance.choice(sentences.MINUTES))
    text = "# {}\n\n{}\n\n{}\n".format(*said).encode()
    stream = RESOURCE.stream(ResourceId(life.new("document")))
    content = Content(str(uuid5(stream.id, "content")), text)
    shared = DocumentShared(
        mentorship=life.cast.mentorship,
        by=life.mentee,
        name="Notes.md",
        media_type="text/markdown",
        bytes=len(text),
        sha256=sha256(text).hexdigest(),
        blob=content.key,
    )
    life.do(str(life.mentee), stream, resource.share_document, within=life.within, shared=shared)
    life.keep(content)


def tasks(life: Life) -> Iterator[Strand]:
    """Those of the plan, for whom it is; the first of the pair's own, and some others."""
    for task in life.cast.settings.plan.tasks:
        for who, side in life.within.members.items():
            if task.side in {None, side}:
                yield _planned(life, task, who)
    yield _own(life, life.cast.talk.task, life.mentee, life.chance.uniform(6, 20))
    for told in life.chance.sample(sentences.TASKS, 2):
        yield _own(life, told, life.chance.choice(life.mentees), life.chance.uniform(20, 70))


def _planned(life: Life, task: Task, to: ParticipantId) -> Strand:
    by = life.mentor if Side.MENTOR in life.within.members.values() else life.cast.facilitator
    yield life.later(life.chance.uniform(0.5, 4), by)
    due = max(life.now.date(), life.cast.began_at.date() + timedelta(days=task.due_day))
    told = assignment.told(life.within, task=task.id, title=None, description=None)
    assigned = Assigned(mentorship=life.cast.mentorship, by=by, to=to, due=due, **told)
    yield from _worked_on(life, assigned)


def _own(life: Life, told: tuple[str, str], to: ParticipantId, days: float) -> Strand:
    by = life.mentor if Side.MENTOR in life.within.members.values() else life.cast.facilitator
    yield life.later(days, by)
    if life.happens(0.9):
        title, about = told
        due = life.now.date() + timedelta(days=life.chance.randint(7, 21))
        given: dict[str, Any] = {"mentorship": life.cast.mentorship, "by": by, "to": to, "due": due}
        yield from _worked_on(life, Assigned(title=title, description=about, **given))


def _worked_on(life: Life, assigned: Assigned) -> Strand:
    """Assigned, begun, handed in, perhaps sent back once, and judged."""
    chance, by, to = life.chance, assigned.by, assigned.to
    stream = ASSIGNMENT.stream(AssignmentId(life.new("assignment")))
    wish: dict[str, Any] = {"assigned": assigned, "today": life.now.date()}
    life.do(str(by), stream, assignment.assign, within=life.within, **wish)
    due = (assigned.due or life.now.date()) - life.now.date()
    length = max(due.days, 2) * life.drawn(life.cast.temper.late)
    yield life.later(length * 0.4, to)
    if not life.happens(0.95):
        return
    life.do(str(to), stream, assignment.start, within=life.within, by=to)
    yield life.later(length * 0.5, to)
    for turn in range(2):
        submitted = Submitted(by=to, text=chance.choice(sentences.SUBMISSIONS))
        life.do(str(to), stream, assignment.submit, within=life.within, submitted=submitted)
        yield life.later(chance.uniform(0.2, 3), by)
        if turn or chance.random() < 0.88:
            break
        returned = Returned(by=by, reason=chance.choice(sentences.RETURNS))
        life.do(str(by), stream, assignment.send_back, within=life.within, returned=returned)
        yield life.later(chance.uniform(1, 5), to)
    life.do(str(by), stream, assignment.complete, within=life.within, by=by)
