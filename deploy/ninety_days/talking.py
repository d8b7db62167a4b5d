"""What the people of a relationship write to each other, ask and answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from deploy.ninety_days import sentences
from deploy.ninety_days.life import Life, Strand
from domain import conversation
from domain.ids import ParticipantId
from domain.relationship import Sharing

DAYS_A_WEEK: Final = 7
HOURS_A_DAY: Final = 24
MOST_MESSAGES: Final = 6
"""Of one exchange."""
SHARING: Final = (Sharing.MEMBERS, Sharing.ANONYMOUS, Sharing.NAMED)


def greeting(life: Life) -> Strand:
    """What the pair is known for."""
    yield life.later(life.chance.uniform(0.1, 2), life.mentee)
    yield from _exchange(life, life.cast.talk.chat)


def writing(life: Life) -> Strand:
    """Exchanges, each begun by one of them and answered in turns."""
    while True:
        weeks = life.chance.expovariate(life.cast.temper.bursts_a_week)
        yield life.later(weeks * DAYS_A_WEEK, life.mentee)
        if life.happens(1):
            yield from _exchange(life, _texts(life))


def _texts(life: Life) -> list[str]:
    turns = life.chance.randint(2, MOST_MESSAGES)
    mentor_begins = life.chance.random() < 0.4
    return [
        sentences.message(life.chance, of_mentor=bool(turn % 2) != mentor_begins, last=turn == turns - 1)
        for turn in range(turns)
    ]


def _exchange(life: Life, texts: Sequence[str]) -> Strand:
    replied_to: UUID | None = None
    speakers = _speakers(life)
    for turn, text in enumerate(texts):
        if turn:
            yield answered_at(life, speakers[turn % 2])
            if life.faded and not life.happens(1):
                return
        message = life.new("message")
        reply = replied_to if life.chance.random() < 0.3 else None
        wish = {"message": message, "text": text, "reply_to": reply}
        life.says(speakers[turn % 2], conversation.send_message, **wish)
        replied_to = message


def _speakers(life: Life) -> tuple[ParticipantId, ParticipantId]:
    one = life.chance.choice(life.mentees)
    return one, life.mentor if life.mentor != one else life.mentees[0]


def answered_at(life: Life, who: ParticipantId) -> datetime:
    return life.later(life.drawn(life.cast.temper.answers_hours) / HOURS_A_DAY, who)


def asking(life: Life) -> Strand:
    """A question every few weeks; most are answered, and most answers accepted."""
    yield life.later(life.chance.uniform(4, 16), life.mentee)
    yield from _question(life, life.cast.talk.question, life.cast.talk.answer, life.cast.talk.topics)
    while True:
        yield life.later(life.chance.uniform(12, 30), life.mentee)
        if life.happens(life.cast.temper.meets):
            about = life.chance.randrange(len(sentences.QUESTIONS))
            said = sentences.QUESTIONS[about], sentences.ANSWERS[about], sentences.TOPICS[about]
            yield from _question(life, *said)


def _question(life: Life, text: str, answer: str, topics: tuple[str, ...]) -> Strand:
    asker, chance = life.chance.choice(life.mentees), life.chance
    question, sharing = life.new("question"), chance.choice(SHARING)
    asked = {"question": question, "text": text, "topics": topics, "sharing": sharing}
    life.says(asker, conversation.ask_question, **asked)
    guide = life.mentor if life.mentor != asker else life.mentees[0]
    yield answered_at(life, guide)
    if not life.happens(0.9):
        return
    given = life.new("answer")
    told = {"question": question, "answer": given, "text": answer, "sharing": chance.choice(SHARING)}
    life.says(guide, conversation.answer_question, **told)
    yield answered_at(life, asker)
    if life.happens(0.8):
        life.says(asker, conversation.accept_answer, answer=given)
