"""One good input for every command, and the people and programmes that they are about."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from domain.permissions import Role
from tests.api.slices import SLICES
from tests.house import Caller, House, Json
from tests.projections.given import eventually

ONES_OWN: Final = frozenset(
    {
        "describeProfile",
        "avoidPerson",
        "liftAvoidance",
        "giveConsent",
        "withdrawConsent",
        "setNotificationPreferences",
        "applyToProgram",
        "giveInformation",
        "withdrawEnrollment",
        "rankWishes",
        "statePreference",
        "requestMentor",
        "markProposalViewed",
        "requestProposalInformation",
        "giveProposalInformation",
        "acceptProposal",
        "declineProposal",
    }
).union(*(one.ONES_OWN for one in SLICES))
"""What nobody does for another."""
QUIET: Final = {"since": "22:00", "until": "07:00"}


@dataclass(frozen=True)
class Met:
    """A programme where Lee teaches Ada; Ada has asked Kim, too, who has not answered yet."""

    program: str
    kim: Caller
    enrollment: str
    proposal: str
    mentorship: str


NOWHERE: Final = Met("", Caller("", UUID(int=0)), "", "", "")


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
    matched: str = ""
    run: str = ""
    met: Met = NOWHERE
    ids: Mapping[str, str] = field(default_factory=dict)


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
    matched = open_program(house, sam, fay, "Matched")
    house.done(ada, "seekCompetency", {"competency": "Painting", "level": 1, "priority": 5})
    run = request_run(house, sam, matched, {ada: "MENTEE", noor: "MENTOR"})
    base = Scene(
        ada, noor, sam, fay, programs[0], content, applied, asked, approved, paused, competency, branch,
        matched, run, meet(house, sam, fay, ada),
    )  # fmt: skip
    for one in SLICES:
        base = replace(base, ids={**base.ids, **one.scene(house, base)})
    return base


def meet(house: House, sam: Caller, fay: Caller, ada: Caller) -> Met:
    program, kim, lee = open_program(house, sam, fay, "Met"), house.person("Kim"), house.person("Lee")
    capacity = {"capacity": {"mentorsPerMentee": 9, "menteesPerMentor": 9}}
    house.done(sam, "configureEnrollment", {"program": program, "settings": capacity})
    settings = {"modes": ["SELF_DIRECTED", "FACILITATOR"], "hardRules": []}
    house.done(sam, "configureMatching", {"program": program, "settings": settings})
    parts = [join(house, ada, program), *(join(house, one, program, "MENTOR") for one in (kim, lee))]
    for part in parts:
        house.done(fay, "approveEnrollment", {"enrollment": part})
    begun = request_mentor(house, ada, program, lee)
    selection = "mentorship { id }"
    mentorship = house.done(lee, "acceptProposal", {"proposal": begun}, selection)["mentorship"]["id"]
    preference = [{"question": "gender", "answer": "woman"}]
    house.done(ada, "statePreference", {"program": program, "preference": preference})
    proposal = request_mentor(house, ada, program, kim)
    house.done(ada, "rankWishes", {"program": program, "wishes": [kim.id]}, "enrollment { id }")
    return Met(program, kim, parts[0], proposal, mentorship)


def request_mentor(house: House, mentee: Caller, program: str, mentor: Caller) -> str:
    given = {"program": program, "mentor": mentor.id, "words": "Please"}
    proposal: str = house.done(mentee, "requestMentor", given, "proposal { id }")["proposal"]["id"]
    return proposal


def request_run(house: House, sam: Caller, program: str, people: dict[Caller, str]) -> str:
    """Once it is computed: nothing is written any more that nobody has asked for."""
    settings = {"modes": ["ADMINISTRATOR"], "hardRules": []}
    house.done(sam, "configureMatching", {"program": program, "settings": settings})
    for person, role in people.items():
        house.done(house.registrar, "approveEnrollment", {"enrollment": join(house, person, program, role)})
    made = house.done(sam, "requestMatchRun", {"program": program}, "matchRun { id }")
    run: str = made["matchRun"]["id"]
    query = "query ($run: ID!) { matchRun(id: $run) { state } }"
    eventually(lambda: house.ask(sam, query, run=run)["matchRun"]["state"] == "DRAFT")
    return run


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
    "templates": [{"about": "MEETING", "subject": "Meet {{ partner }}", "body": "{{ name }}, it is time."}],
}
SURVEY_QUESTION: Final = {"id": "mood", "text": "Well?", "kind": "CHOICE", "choices": ["Yes", "No"]}
ACCOUNTABILITY: Final = {
    "degree": "LIGHT",
    "targets": [{"metric": "SATISFACTION", "target": 4.5, "atRisk": 3, "weight": 2}],
    "timers": {"wishReminder": 1, "wishCascade": 2},
    "confidentiality": {"notes": "MEMBERS"},
    "surveys": [{"kind": "PULSE", "questions": [SURVEY_QUESTION]}],
}
AGREEMENT: Final = {"required": True, "text": "We keep what we hear to ourselves."}


def wishes(scene: Scene) -> dict[str, Json]:
    """By command; each is well formed, and where rules allow it, possible."""
    of_slices: dict[str, Json] = {}
    for one in SLICES:
        of_slices |= one.wishes(scene)
    return {
        **of_slices,
        **of_participants(scene),
        **of_programs(scene),
        **of_enrollments(scene),
        **of_competencies(scene),
        **of_runs(scene),
        **of_proposals(scene),
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
        "setNotificationPreferences": {**ada, "mail": False, "muted": ["SURVEY"], "quiet": QUIET},
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


def of_proposals(scene: Scene) -> dict[str, Json]:
    met = scene.met
    program, proposal = {"program": met.program}, {"proposal": met.proposal}
    own, preference = {"participant": scene.ada.id}, [{"question": "gender", "answer": "woman"}]
    pair = {"mentors": [met.kim.id], "mentees": [scene.ada.id]}
    return {
        "rankWishes": {**program, **own, "wishes": [met.kim.id]},
        "statePreference": {**program, **own, "preference": preference},
        "requestMentor": {**program, **own, "mentor": met.kim.id, "words": "Please"},
        "proposePair": {**program, **pair, "relationship": "pair"},
        "markProposalViewed": proposal,
        "requestProposalInformation": {**proposal, "question": "Why me?"},
        "giveProposalInformation": {**proposal, "answer": "You know."},
        "acceptProposal": proposal,
        "declineProposal": {**proposal, "reason": "No time", "forGood": False},
        "withdrawProposal": proposal,
    }


def of_runs(scene: Scene) -> dict[str, Json]:
    run, pair = {"run": scene.run}, {"mentee": scene.ada.id, "mentor": scene.noor.id}
    settings = {"weights": MATCHING["weights"], "objective": "SCORE_FIRST", "minimumScore": 1}
    return {
        "requestMatchRun": {
            "program": scene.matched,
            "label": "Spring",
            "reference": scene.run,
            "settings": settings,
        },
        "lockPair": {**run, **pair},
        "forbidPair": {**run, **pair},
        "releasePair": {**run, **pair},
        "approvePairs": {**run, "numbers": [1]},
        "withdrawApproval": {**run, "numbers": [1]},
        "publishMatchRun": run,
        "cancelMatchRun": run,
        "discardMatchRun": run,
    }
