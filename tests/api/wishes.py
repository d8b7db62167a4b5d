"""One good input for every command, and the people and programmes that they are about."""

from dataclasses import dataclass
from typing import Any, Final

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
    competency: str = ""
    branch: str = ""


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
    competency, branch = define(house, "Python"), define(house, "Programming")
    return Scene(
        ada, noor, sam, fay, programs[0], content, applied, asked, approved, paused, competency, branch
    )


def define(house: House, label: str, **more: Any) -> str:
    made = house.done(house.registrar, "defineCompetency", {"label": label, **more}, "competency { id }")
    competency: str = made["competency"]["id"]
    return competency


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


JOBS: Final = [{"title": "Analyst", "organisation": "Initech", "since": "2020-01-01"}]
RECORD: Final = {
    "name": "Ada Obi",
    "email": "ada@example.org",
    "jobTitle": "Engineer",
    "department": "Research",
    "location": "Lagos",
    "timeZone": "Africa/Lagos",
    "languages": ["en", "yo"],
    "workHistory": JOBS,
}
PROFILE: Final = {
    "timeZone": "Africa/Lagos",
    "languages": ["en", "pt-BR"],
    "workHistory": JOBS,
    "biography": "I like to explain things.",
    "contact": {"phone": "+49 30 1234567", "messenger": "@ada", "note": "Mornings"},
    "demographics": [{"question": "gender", "answer": "woman"}],
}
PAIR: Final = {
    "id": "pair",
    "kind": "ONE_TO_ONE",
    "name": "Pair",
    "mentors": {"least": 1, "most": 1},
    "mentees": {"least": 1, "most": 1},
    "durationDays": 90,
    "cadenceDays": 14,
    "sessionMinutes": 45,
}
QUESTION: Final = {"id": "why", "text": "Why?", "side": "MENTEE", "required": True, "choices": ["To learn."]}
ENROLLMENT: Final = {
    "application": True,
    "approval": "FACILITATOR",
    "questions": [QUESTION],
    "capacity": {"menteesPerMentor": 3, "mentorsPerMentee": 1, "openRequests": 3, "hoursAMonth": 2},
    "window": {"opens": "2020-01-01", "closes": "2999-01-01"},
}
MATCHING: Final = {
    "modes": ["SELF_DIRECTED", "FACILITATOR"],
    "weights": [{"criterion": "COMPETENCIES", "parts": 6000}, {"criterion": "LANGUAGES", "parts": 4000}],
    "hardRules": ["NOT_IN_REPORTING_LINE"],
    "minimumScore": 2000,
    "thinPool": 5,
    "suggestions": 4,
    "wishes": 2,
}
TASK: Final = {
    "id": "read",
    "title": "Read",
    "dueDay": 7,
    "milestone": "goals",
    "side": "MENTEE",
    "description": "The guide.",
}
PLAN: Final = {
    "milestones": [{"id": "goals", "title": "Goals agreed", "dueDay": 14, "description": "At least one."}],
    "tasks": [TASK],
}
COMMUNICATIONS: Final = {
    "channels": ["INBOX"],
    "reminders": [{"about": "MEETING", "days": [1, 3]}],
    "templates": [{"about": "MEETING", "subject": "Meet {partner}", "body": "Dear {name}, it is time."}],
}
ACCOUNTABILITY: Final = {
    "degree": "LIGHT",
    "targets": [{"metric": "SATISFACTION", "target": 4.5, "atRisk": 3, "weight": 2}],
    "timers": {"wishReminder": 1, "wishCascade": 2},
    "confidentiality": {"notes": "MEMBERS"},
}
AGREEMENT: Final = {"required": True, "text": "We keep what we hear to ourselves."}


def wishes(scene: Scene) -> dict[str, Json]:
    """By command; each is well formed, and where rules allow it, possible."""
    return {
        **of_participants(scene),
        **of_programs(scene),
        **of_enrollments(scene),
        **of_competencies(scene),
    }


def of_participants(scene: Scene) -> dict[str, Json]:
    ada, noor = {"participant": scene.ada.id}, {"person": scene.noor.id}
    return {
        "registerParticipant": {
            "name": "Zoe",
            "email": "zoe@example.org",
            "externalId": "E-1",
            "source": "hr",
        },
        "syncRecord": {**ada, "source": "hr", "record": {**RECORD, "manager": scene.noor.id}},
        "describeProfile": {**ada, "profile": PROFILE},
        "offerCompetency": {**ada, "competency": "Python", "level": 4},
        "withdrawCompetencyOffer": {**ada, "competency": "Python"},
        "seekCompetency": {**ada, "competency": "Finance", "level": 2, "priority": 1},
        "stopSeekingCompetency": {**ada, "competency": "Finance"},
        "setAvailability": {**ada, "hoursAMonth": 4, "accepting": True, "until": "2999-01-01"},
        "avoidPerson": {**ada, **noor},
        "liftAvoidance": {**ada, **noor},
        "listAsExpert": {**ada, "headline": "Asks good questions", "topics": ["Python"]},
        "unlistAsExpert": ada,
        "giveConsent": {**ada, "policy": "privacy", "version": 2},
        "withdrawConsent": {**ada, "policy": "privacy"},
        "markParticipantLeft": {**ada, "reason": "OWN_WISH"},
        "returnParticipant": ada,
        "eraseParticipant": ada,
    }


def of_programs(scene: Scene) -> dict[str, Json]:
    program = {"program": scene.program}
    return {
        "draftProgram": {"name": "Leadership", "purpose": "Grow leaders."},
        "describeProgram": {**program, "name": "Onboarding", "purpose": "Arrive well."},
        "limitAudience": {**program, "role": "MENTEE", "rule": 'department == "Research"'},
        "setRelationshipTypes": {**program, "types": [PAIR]},
        "configureEnrollment": {**program, "settings": ENROLLMENT},
        "configureMatching": {**program, "settings": MATCHING},
        "setPlan": {**program, "settings": PLAN},
        "setAgreement": {**program, "settings": AGREEMENT},
        "setCommunications": {**program, "settings": COMMUNICATIONS},
        "setAccountability": {**program, "settings": ACCOUNTABILITY},
        "addContent": {**program, "title": "Read", "url": "https://example.org/a", "description": "Short."},
        "removeContent": {**program, "content": scene.content},
        "assignStaff": {**program, "person": scene.noor.id, "role": "FACILITATOR"},
        "withdrawStaff": {**program, "person": scene.fay.id, "role": "FACILITATOR"},
        "openProgram": program,
        "closeProgram": program,
        "windDownProgram": program,
        "archiveProgram": program,
        "makeAnnouncement": {**program, "title": "Hello", "text": "We begin on Monday.", "side": "MENTOR"},
    }


def of_enrollments(scene: Scene) -> dict[str, Json]:
    program, applied = {"program": scene.program}, {"enrollment": scene.applied}
    approved = {"enrollment": scene.approved}
    answers = [{"question": "why", "answer": "To learn."}]
    return {
        "inviteToProgram": {**program, "participant": scene.noor.id, "role": "MENTOR"},
        "applyToProgram": {**program, "participant": scene.ada.id, "role": "MENTEE", "answers": answers},
        "requestInformation": {**applied, "question": "Why now?"},
        "giveInformation": {"enrollment": scene.asked, "answer": "Because."},
        "approveEnrollment": applied,
        "rejectEnrollment": {**applied, "reason": "No place is free."},
        "waitlistEnrollment": applied,
        "pauseEnrollment": {**approved, "until": "2999-01-01"},
        "resumeEnrollment": {"enrollment": scene.paused},
        "withdrawEnrollment": applied,
        "removeFromProgram": {**approved, "reason": "Has moved away."},
        "completeEnrollment": approved,
    }


def of_competencies(scene: Scene) -> dict[str, Json]:
    competency = {"competency": scene.competency}
    link = {"scheme": "esco", "externalId": "S1"}
    return {
        "defineCompetency": {
            "label": "Haskell",
            "parent": scene.branch,
            "synonyms": ["GHC"],
            "externalIds": [link],
        },
        "describeCompetency": {**competency, "label": "Python 3", "synonyms": ["CPython"]},
        "moveCompetency": {**competency, "parent": scene.branch},
        "linkCompetency": {**competency, **link},
        "unlinkCompetency": {**competency, "scheme": "esco"},
        "retireCompetency": competency,
        "restoreCompetency": competency,
    }
