"""Queries worth trying on the demo, each with the role that may ask it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from domain.permissions import Action, Role

SERVICE_SCOPES: Final = (Action.SEE_PROFILES, Action.SEE_PROGRAMS, Action.SEE_ENROLLMENTS, Action.SEE_VIEWS)


@dataclass(frozen=True, slots=True)
class Example:
    """`text` has no single quote in it, so that a shell takes it as it stands. Where it names a day that was,
    it does so by a word in capitals, which `dated` fills in.
    """

    role: Role
    about: str
    text: str

    def dated(self, today: date) -> "Example":
        filled = self.text
        for word, days in AGO.items():
            filled = filled.replace(word, f'"{today - timedelta(days=days)}T00:00:00Z"')
        return replace(self, text=filled)


AGO: Final = {"TWO_MONTHS_AGO": 60, "A_MONTH_AGO": 30}
EXAMPLES: Final = (
    Example(
        Role.PARTICIPANT,
        "Who am I, whom do I report to, and which programmes am I in?",
        """{
  viewer {
    participant {
      name jobTitle department location timeZone
      manager { name jobTitle }
      competenciesSought { competency level priority }
      enrollments(first: 5) { nodes { role state program { name purpose } } }
    }
  }
}""",
    ),
    Example(
        Role.PARTICIPANT,
        "Who in Lisbon could teach me to lead a team?",
        """{
  participants(first: 5, orderBy: NAME, filter: {competencyOffered: "lead a team", location: "Lisbon"}) {
    totalCount
    nodes { id name jobTitle department languages hoursAMonth competenciesOffered { competency level } }
    pageInfo { hasNextPage endCursor }
  }
}""",
    ),
    Example(
        Role.PARTICIPANT,
        "What have we done together so far, entry by entry?",
        """{
  mentorships(first: 1, filter: {states: [RUNNING], kinds: [ONE_TO_ONE]}) {
    nodes {
      members { role participant { name } }
      agreement { complete }
      goals(first: 3) { nodes { text percent } }
      history(first: 30) {
        totalCount
        nodes { at kind sentence text position }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}""",
    ),
    Example(
        Role.PARTICIPANT,
        "What waits for me, and which command settles it?",
        """{
  inbox(first: 10) { totalCount nodes { kind title since dueAt overdue command about } }
}""",
    ),
    Example(
        Role.PARTICIPANT,
        "What have others learnt about feedback, and who could I ask?",
        """{
  library(search: "feedback", first: 5) {
    totalCount
    nodes { kind title excerpt(search: "feedback") { text found } topics author { name } }
  }
  directory(search: "feedback", first: 5) {
    totalCount
    nodes { headline topics rating available participant { name } }
    facets { topics { value count } languages { value count } }
  }
}""",
    ),
    Example(
        Role.FACILITATOR,
        "Who waits for a place in my programme, and who has applied with which words?",
        """{
  programs(first: 3, filter: {text: "Leading People"}) {
    nodes {
      name state audience
      waitlist(first: 5) { nodes { waitlistPosition participant { name jobTitle } } }
      roster(first: 5, state: APPLIED) {
        totalCount
        nodes { answers appliedAt participant { name jobTitle manager { name } } }
      }
    }
  }
}""",
    ),
    Example(
        Role.FACILITATOR,
        "Who has been proposed to whom, and why just these two?",
        """{
  programs(first: 1, filter: {text: "Leading People"}) {
    nodes {
      proposals(first: 3) {
        totalCount
        nodes {
          state mode rank
          members { role acceptedAt participant { name jobTitle } }
          explanation {
            score menteeScore mentorScore answered asked rank eligible
            parts { criterion score weight }
            alternatives { rank score participant { name } }
          }
        }
      }
    }
  }
}""",
    ),
    Example(
        Role.ORGANISATION_ADMIN,
        "How good was the run over the whole programme, and who stayed without, and why?",
        """{
  matchRuns(last: 2) {
    nodes {
      label state engine
      totals { mentees mentors places placed total bound gap worst mean topThree }
      pairs(first: 3) {
        nodes { score rank approved mentees { participant { name } } mentors { participant { name } } }
      }
      unmatched(first: 3) { totalCount nodes { side reason rules } }
    }
  }
}""",
    ),
    Example(
        Role.ORGANISATION_ADMIN,
        "Twenty enrollments with person, manager, programme and the last five events of each.",
        """{
  enrollments(first: 20, filter: {states: [APPROVED, WAITLISTED]}) {
    totalCount
    nodes {
      role state
      participant { name manager { name } }
      program { name }
      log(last: 5) { nodes { position name actor recordedAt } }
    }
  }
}""",
    ),
    Example(
        Role.ADMINISTRATOR,
        "How is my programme doing, and how was it a month ago? Small groups are not told of.",
        """{
  programs(first: 1, filter: {text: "Leading People"}) {
    nodes {
      reports {
        dashboard(compareTo: A_MONTH_AGO) {
          asOf
          figures { title unit value previous change n target reached suppressed }
        }
        funnel { rows { title people ofBefore medianDays p90Days } }
      }
    }
  }
}""",
    ),
    Example(
        Role.FACILITATOR,
        "Which relationships need a look, and what in their figures says so?",
        """{
  programs(first: 1, filter: {text: "Leading People"}) {
    nodes {
      reports {
        atRisk(first: 5) {
          totalCount
          nodes {
            health verdict daysSinceActivity reasons
            mentorship { state members { role participant { name } } }
          }
        }
      }
    }
  }
}""",
    ),
    Example(
        Role.ADMINISTRATOR,
        "How did the same relationships come along in three months?",
        """{
  programs(first: 1, filter: {text: "Leading People"}) {
    nodes {
      reports {
        first: relationships(first: 5, asOf: TWO_MONTHS_AGO) { nodes { ...course } }
        then: relationships(first: 5, asOf: A_MONTH_AGO) { nodes { ...course } }
        now: relationships(first: 5) { nodes { ...course } }
      }
    }
  }
}
fragment course on RelationshipFigures {
  mentorship { id }
  state activeDays health verdict meetingCadence checkInRate goalProgress responseTime hoursMentored
}""",
    ),
    Example(
        Role.ADMINISTRATOR,
        "What did the surveys come to: how content are people, and would they recommend it?",
        """{
  programs(first: 1, filter: {text: "Leading People"}) {
    nodes {
      surveyResults {
        forms {
          kind asked answered responseRate
          questions { text n mean distribution { answer count } }
        }
        netPromoterScore { side score n }
        mentorEffectiveness { n mean }
      }
    }
  }
}""",
    ),
    Example(
        Role.AUDITOR,
        "What happened, who did it and why? Personal fields are withheld.",
        """{
  events(last: 5, filter: {names: ["program.opened", "enrollment.rejected"]}) {
    totalCount
    nodes { position name recordedAt actor cause correlationId payload withheld }
  }
  readModels { name position lag parked }
}""",
    ),
)


def curl(example: Example, address: str) -> str:
    """As it can be pasted into a shell that has the printed tokens."""
    return (
        f'curl -sG -w "\\n" {address} -H "Authorization: Bearer ${example.role.value.upper()}"'
        f" --data-urlencode 'query={example.text}'"
    )
