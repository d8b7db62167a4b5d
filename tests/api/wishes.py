"""One good input for every command, and the people and programmes that they are about."""

from dataclasses import dataclass
from typing import Final

from domain.permissions import Role
from tests.house import Caller, House, Json

ONES_OWN: Final = frozenset(
    {
        "describeProfile",
        "avoidPerson",
        "liftAvoidance",
        "giveConsent",
        "withdrawConsent",
        "applyToProgram",
        "giveInformation",
        "withdrawEnrollment",
    }
)
"""What nobody does for another."""


@dataclass(frozen=True)
class Scene:
    """Each enrollment is Ada's and stands as its name says. Sam administers, Fay facilitates."""

    ada: Caller
    noor: Caller
    sam: Caller
    fay: Caller
    program: str
    content: str
    applied: str
    asked: str
    approved: str
    paused: str


def set_scene(house: House) -> Scene:
    ada, noor = house.person("Ada"), house.person("Noor")
    sam, fay = house.person("Sam", Role.ADMINISTRATOR), house.person("Fay", Role.FACILITATOR)
    programs = [open_program(house, sam, fay) for _ in range(5)]
    applied, asked, approved, paused = (join(house, ada, program) for program in programs[1:])
    house.done(fay, "requestInformation", {"enrollment": asked, "question": "Why now?"})
    for enrollment in (approved, paused):
        house.done(fay, "approveEnrollment", {"enrollment": enrollment})
    house.done(ada, "pauseEnrollment", {"enrollment": paused, "until": "2999-01-01"})
    given = {"program": programs[0], "title": "Start here", "url": "https://example.org"}
    added = house.done(sam, "addContent", given, "program { content { contentId } }")
    content = added["program"]["content"][0]["contentId"]
    return Scene(ada, noor, sam, fay, programs[0], content, applied, asked, approved, paused)


def open_program(house: House, sam: Caller, fay: Caller, name: str = "Onboarding") -> str:
    made = house.done(house.registrar, "draftProgram", {"name": name}, "program { id }")
    program: str = made["program"]["id"]
    for person, role in ((sam, "ADMINISTRATOR"), (fay, "FACILITATOR")):
        house.done(house.registrar, "assignStaff", {"program": program, "person": person.id, "role": role})
    types = [{"id": "pair", "kind": "ONE_TO_ONE", "name": "Pair"}]
    house.done(sam, "setRelationshipTypes", {"program": program, "types": types})
    house.done(sam, "openProgram", {"program": program})
    return program


def join(house: House, person: Caller, program: str, role: str = "MENTEE") -> str:
    made = house.done(person, "applyToProgram", {"program": program, "role": role}, "enrollment { id }")
    enrollment: str = made["enrollment"]["id"]
    return enrollment


def wishes(scene: Scene) -> dict[str, Json]:
    """By command; each is well formed, and where rules allow it, possible."""
    person, program = {"participant": scene.ada.id}, {"program": scene.program}
    record = {
        "name": "Ada Obi",
        "email": "ada@example.org",
        "jobTitle": "Engineer",
        "department": "Research",
        "location": "Lagos",
        "manager": scene.noor.id,
        "timeZone": "Africa/Lagos",
        "languages": ["en", "yo"],
        "workHistory": [{"title": "Analyst", "organisation": "Initech", "since": "2020-01-01"}],
    }
    profile = {
        "timeZone": "Africa/Lagos",
        "languages": ["en", "pt-BR"],
        "workHistory": [{"title": "Analyst", "organisation": "Initech", "since": "2020-01-01"}],
        "biography": "I like to explain things.",
        "contact": {"phone": "+49 30 1234567", "messenger": "@ada", "note": "Mornings"},
        "demographics": [{"question": "gender", "answer": "woman"}],
    }
    return {
        "registerParticipant": {
            "name": "Zoe",
            "email": "zoe@example.org",
            "externalId": "E-1",
            "source": "hr",
        },
        "syncRecord": {**person, "source": "hr", "record": record},
        "describeProfile": {**person, "profile": profile},
        "offerCompetency": {**person, "competency": "Python", "level": 4},
        "withdrawCompetencyOffer": {**person, "competency": "Python"},
        "seekCompetency": {**person, "competency": "Finance", "level": 2, "priority": 1},
        "stopSeekingCompetency": {**person, "competency": "Finance"},
        "setAvailability": {**person, "hoursAMonth": 4, "accepting": True, "until": "2999-01-01"},
        "avoidPerson": {**person, "person": scene.noor.id},
        "liftAvoidance": {**person, "person": scene.noor.id},
        "listAsExpert": {**person, "headline": "Asks good questions", "topics": ["Python"]},
        "unlistAsExpert": person,
        "giveConsent": {**person, "policy": "privacy", "version": 2},
        "withdrawConsent": {**person, "policy": "privacy"},
        "markParticipantLeft": {**person, "reason": "OWN_WISH"},
        "returnParticipant": person,
        "eraseParticipant": person,
        "draftProgram": {"name": "Leadership", "purpose": "Grow leaders."},
        "describeProgram": {**program, "name": "Onboarding", "purpose": "Arrive well."},
        "limitAudience": {**program, "role": "MENTEE", "rule": 'department == "Research"'},
        **_settings(program),
        "addContent": {
            **program,
            "title": "Read me",
            "url": "https://example.org/a",
            "description": "Short.",
        },
        "removeContent": {**program, "content": scene.content},
        "assignStaff": {**program, "person": scene.noor.id, "role": "FACILITATOR"},
        "withdrawStaff": {**program, "person": scene.fay.id, "role": "FACILITATOR"},
        "openProgram": program,
        "closeProgram": program,
        "windDownProgram": program,
        "archiveProgram": program,
        "makeAnnouncement": {**program, "title": "Hello", "text": "We begin on Monday.", "side": "MENTOR"},
        "inviteToProgram": {**program, "participant": scene.noor.id, "role": "MENTOR"},
        "applyToProgram": {
            **program,
            **person,
            "role": "MENTEE",
            "answers": [{"question": "why", "answer": "To learn."}],
        },
        "requestInformation": {"enrollment": scene.applied, "question": "Why now?"},
        "giveInformation": {"enrollment": scene.asked, "answer": "Because."},
        "approveEnrollment": {"enrollment": scene.applied},
        "rejectEnrollment": {"enrollment": scene.applied, "reason": "No place is free."},
        "waitlistEnrollment": {"enrollment": scene.applied},
        "pauseEnrollment": {"enrollment": scene.approved, "until": "2999-01-01"},
        "resumeEnrollment": {"enrollment": scene.paused},
        "withdrawEnrollment": {"enrollment": scene.applied},
        "removeFromProgram": {"enrollment": scene.approved, "reason": "Has moved away."},
        "completeEnrollment": {"enrollment": scene.approved},
    }


def _settings(program: Json) -> dict[str, Json]:
    pair = {
        "id": "pair",
        "kind": "ONE_TO_ONE",
        "name": "Pair",
        "mentors": {"least": 1, "most": 1},
        "mentees": {"least": 1, "most": 1},
        "durationDays": 90,
        "cadenceDays": 14,
        "sessionMinutes": 45,
    }
    question = {
        "id": "why",
        "text": "Why?",
        "side": "MENTEE",
        "required": True,
        "choices": ["To learn.", "To meet."],
    }
    enrollment = {
        "application": True,
        "approval": "FACILITATOR",
        "questions": [question],
        "capacity": {"menteesPerMentor": 3, "mentorsPerMentee": 1, "openRequests": 3, "hoursAMonth": 2},
        "window": {"opens": "2020-01-01", "closes": "2999-01-01"},
    }
    matching = {
        "modes": ["SELF_DIRECTED", "FACILITATOR"],
        "weights": [{"criterion": "COMPETENCIES", "parts": 6000}, {"criterion": "LANGUAGES", "parts": 4000}],
        "hardRules": ["NOT_IN_REPORTING_LINE"],
        "minimumScore": 2000,
        "thinPool": 5,
        "suggestions": 4,
        "wishes": 2,
    }
    plan = {
        "milestones": [
            {"id": "goals", "title": "Goals agreed", "dueDay": 14, "description": "At least one."}
        ],
        "tasks": [
            {
                "id": "read",
                "title": "Read",
                "dueDay": 7,
                "milestone": "goals",
                "side": "MENTEE",
                "description": "The guide.",
            }
        ],
    }
    communications = {
        "channels": ["INBOX"],
        "reminders": [{"about": "MEETING", "days": [1, 3]}],
        "templates": [{"about": "MEETING", "subject": "Meet {partner}", "body": "Dear {name}, it is time."}],
    }
    accountability = {
        "degree": "LIGHT",
        "targets": [{"metric": "SATISFACTION", "target": 4.5, "atRisk": 3, "weight": 2}],
        "timers": {"wishReminder": 1, "wishCascade": 2},
        "confidentiality": {"notes": "MEMBERS"},
    }
    agreement = {"required": True, "text": "We keep what we hear to ourselves."}
    return {
        "setRelationshipTypes": {**program, "types": [pair]},
        "configureEnrollment": {**program, "settings": enrollment},
        "configureMatching": {**program, "settings": matching},
        "setPlan": {**program, "settings": plan},
        "setAgreement": {**program, "settings": agreement},
        "setCommunications": {**program, "settings": communications},
        "setAccountability": {**program, "settings": accountability},
    }
