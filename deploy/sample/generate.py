"""Writes people.csv: the people of Velmora, an invented company, the same ones for the same seed.

    python deploy/sample/generate.py [--seed 2009] [--to people.csv]

A company is a tree: each department has a head, directors where it is large, managers, and their teams. What
a person offers, wishes and says about themself follows from department, seniority and years of work.
"""

import argparse
import csv
import random
import sys
import tomllib
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar, cast

HERE: Final = Path(__file__).parent
AS_OF: Final = date(2026, 9, 30)
LEAD, DIRECTOR, HEAD, CHIEF = 4, 5, 6, 7
"""Rungs 0 to 3 are a ladder's four titles, from junior to principal; these come after."""

YEARS_OF_WORK: Final = ((0, 2), (2, 7), (6, 15), (11, 26), (8, 22), (14, 27), (18, 32), (28, 30))
OFFERED_LEVELS: Final = ((1, 3), (2, 3), (3, 4), (4, 5), (3, 5), (4, 5), (4, 5), (5, 5))
HEADINGS: Final = (
    "external_id,name,email,job_title,department,location,time_zone,languages,manager,work_history,biography,"
    "hours_a_month,competencies_offered,competencies_sought"
)
SENIOR: Final = 2
LARGE: Final = 80
DAYS_A_YEAR: Final = 365.25

T = TypeVar("T")
Skills = dict[str, list[str]]


@dataclass(eq=False)
class Person:
    department: dict[str, Any]
    rung: int
    ladder: list[str]
    boss: "Person | None"
    office: dict[str, Any]
    name: str = ""
    languages: list[str] = field(default_factory=list)
    years: float = 0.0
    career: list[tuple[date, str, str]] = field(default_factory=list)
    hired: date = AS_OF
    number: str = ""

    @property
    def title(self) -> str:
        if self.rung < LEAD:
            return self.ladder[self.rung]
        return cast("str", self.department[{LEAD: "manager", DIRECTOR: "director"}.get(self.rung, "head")])


class Chance(random.Random):
    """Picks that depend on random() alone, so that every Python makes the same company."""

    def happens(self, share: float) -> bool:
        return self.random() < share

    def pick(self, things: list[T]) -> T:
        return things[int(self.random() * len(things))]

    def several(self, things: list[T], count: int) -> list[T]:
        pool, picked = list(things), list[T]()
        while pool and len(picked) < count:
            picked.append(pool.pop(int(self.random() * len(pool))))
        return picked

    def weighted(self, weights: dict[T, int]) -> T:
        left = self.random() * sum(weights.values())
        for thing, weight in weights.items():
            left -= weight
            if left < 0:
                return thing
        return next(reversed(weights))

    def between(self, low: float, high: float) -> float:
        return low + self.random() * (high - low)

    def whole(self, low: int, high: int) -> int:
        return low + int(self.random() * (high - low + 1))


def some_office(chance: Chance, company: dict[str, Any]) -> dict[str, Any]:
    number = chance.weighted({number: office["share"] for number, office in enumerate(company["office"])})
    return cast("dict[str, Any]", company["office"][number])


def staff(chance: Chance, company: dict[str, Any], department: dict[str, Any], chief: Person) -> list[Person]:
    def seat(rung: int, boss: Person, office: dict[str, Any] | None = None) -> Person:
        return Person(
            department, rung, chance.pick(department["ladders"]), boss, office or some_office(chance, company)
        )

    size = department["share"]
    head = seat(HEAD, chief, chief.office if chance.happens(0.5) else None)
    directors = [seat(DIRECTOR, head) for _ in range(size // 55 if size > LARGE else 0)]
    leads = [
        seat(LEAD, directors[number % len(directors)] if directors else head)
        for number in range(-(-(size - 1 - len(directors)) // 9))
    ]
    team: list[Person] = []
    for _ in range(size - 1 - len(directors) - len(leads)):
        boss = chance.pick(leads)
        rung = chance.weighted({0: 24, 1: 38, 2: 27, 3: 11})
        team.append(seat(rung, boss, boss.office if chance.happens(0.75) else None))
    return [head, *directors, *leads, *team]


def christen(chance: Chance, company: dict[str, Any], person: Person, taken: set[str]) -> None:
    origin: dict[str, Any] = {}
    while not person.name or address(person) in taken:
        origin = company["names"][chance.weighted(person.office["names"])]
        person.name = f"{chance.pick(origin['given'].split())} {chance.pick(origin['family'].split('|'))}"
    taken.add(address(person))
    local, *more = person.office["languages"]
    spoken = ["en", local] if chance.happens(0.85) else ["en"]
    spoken += [language for language in more if chance.happens(0.3)]
    spoken.append(chance.pick(origin["languages"]))
    if chance.happens(0.12):
        spoken.append(chance.pick(["de", "es", "fr", "it", "pt"]))
    person.languages = list(dict.fromkeys(spoken))


def live(chance: Chance, company: dict[str, Any], person: Person) -> None:
    """Years of work, when they were hired, and the steps that led here: most of them here, some elsewhere."""
    person.years = chance.between(*YEARS_OF_WORK[person.rung])
    longest = min(person.years, AS_OF.year - company["founded"])
    here = max(0.1, longest * (0.15 + 0.85 * chance.random() ** 1.6))
    person.hired, began = before_today(here), before_today(person.years)
    ladder = [*person.ladder, person.department.get("manager", ""), person.department.get("director", "")]
    below = ladder[max(0, person.rung - 2) : person.rung] if person.rung < HEAD else ladder[3:5]
    elsewhere = int((person.years - here) / chance.between(1.5, 3))
    employers = chance.several(company["employers_before"], min(elsewhere, 2))
    if here > chance.between(2, 3):
        employers = [*employers[:1], company["name"]]
    steps = []
    for title, employer in zip(below[-len(employers) :], employers, strict=False):
        steps.append((person.hired if employer == company["name"] else began, title, employer))
        began += (person.hired - began) / 2
    promoted = bool(steps) and steps[-1][2] == company["name"]
    current = before_today(here * chance.between(0.25, 0.65)) if promoted else person.hired
    person.career = [*steps, (current, person.title, company["name"])]


def before_today(years: float) -> date:
    return AS_OF - timedelta(days=int(years * DAYS_A_YEAR))


def address(person: Person) -> str:
    folded = person.name.translate(str.maketrans("łŁıø", "lLio")).replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode().lower()
    given, _, family = plain.partition(" ")
    return f"{given}.{family.replace(' ', '')}"


def strengths(chance: Chance, person: Person, skills: Skills) -> dict[str, int]:
    picked = chance.several(skills[person.department["skills"]], chance.whole(2, 3) + min(person.rung, 3))
    if person.rung >= SENIOR:
        picked += chance.several(skills["leadership"], 1 if person.rung < LEAD else 3)
    picked += chance.several(skills["everyone"], chance.whole(1, 2))
    return {label: chance.whole(*OFFERED_LEVELS[person.rung]) for label in dict.fromkeys(picked)}


def wishes(chance: Chance, person: Person, skills: Skills, offered: dict[str, int]) -> dict[str, int]:
    """Juniors wish for the craft, seniors for leading people, leaders for a little of it."""
    shares = {0: (2, 0, 1), 1: (2, 0, 1), 2: (1, 2, 0), 3: (0, 2, 0)}.get(person.rung, (0, 1, 0))
    picked: list[str] = []
    for kind, count in zip((person.department["skills"], "leadership", "everyone"), shares, strict=True):
        picked += chance.several([label for label in skills[kind] if label not in offered], count)
    lowest = 3 if person.rung else 2
    return {label: chance.whole(lowest, lowest + 1) for label in dict.fromkeys(picked)}


def hours(chance: Chance, person: Person) -> int:
    if person.rung < SENIOR:
        return chance.pick([2, 2, 3, 4])
    return chance.pick([2, 3, 4, 4, 6] if person.rung < DIRECTOR else [1, 2, 2])


def biography(chance: Chance, company: dict[str, Any], person: Person, offered: dict[str, int]) -> str:
    """What some people write about themselves; a third write nothing."""
    if chance.happens(0.33):
        return ""
    given, year, years = person.name.split(" ")[0], person.hired.year, int(person.years)
    best = max(offered, key=lambda label: offered[label])
    topic = chance.pick(person.department.get("work", ["where the company is going"]))
    works = [f"Works on {topic}.", f"These days mostly {topic}.", f"Spends most days on {topic}."]
    if person.rung >= SENIOR:
        past = [
            f"Here since {year}.",
            f"{given} joined in {year}.",
            f"{years} years in the field, here since {year}.",
        ]
        offer = [
            f"Glad to share what went wrong as well as what went right with “{best}”.",
            f"Ask me about “{best}”.",
            "Likes long questions and short meetings.",
            "Has changed direction twice and would do it again.",
        ]
    else:
        elsewhere = person.career[0][2] != company["name"]
        past = [
            f"Came from {person.career[0][2]}." if elsewhere else "This is the first job.",
            f"Joined in {year}.",
        ]
        offer = [
            "Would like to learn from someone who has seen a few projects through.",
            "Curious how others found their way here.",
            f"Getting better at “{best}”.",
            "Learns best by doing and being told why it did not work.",
        ]
    told = [chance.pick(works), chance.pick(past), chance.pick(offer)]
    if chance.happens(0.6):
        told.append(f"Outside work {given} {chance.pick(company['pastimes'])}.")
    return " ".join(told)


def history(person: Person) -> str:
    ends = [*(began for began, _, _ in person.career[1:]), None]
    return "; ".join(
        f"{began:%Y-%m}/{f'{end:%Y-%m}' if end else ''} {title}, {employer}"
        for (began, title, employer), end in zip(person.career, ends, strict=True)
    )


def row(chance: Chance, company: dict[str, Any], person: Person, skills: Skills) -> list[str]:
    offered = strengths(chance, person, skills)
    sought = wishes(chance, person, skills, offered)
    return [
        person.number,
        person.name,
        f"{address(person)}@{company['domain']}",
        person.title,
        person.department["name"],
        person.office["city"],
        person.office["time_zone"],
        "; ".join(person.languages),
        person.boss.number if person.boss else "",
        history(person),
        biography(chance, company, person, offered),
        str(hours(chance, person)),
        "; ".join(f"{label}:{level}" for label, level in offered.items()),
        "; ".join(f"{label}:{level}:{priority}" for priority, (label, level) in enumerate(sought.items(), 1)),
    ]


def read_skills() -> Skills:
    skills: Skills = {}
    for line in (HERE / "competencies.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            skills[line.strip("[]")] = []
        elif line and not line.startswith("#"):
            skills[list(skills)[-1]].append(line)
    return skills


def found(chance: Chance, company: dict[str, Any]) -> list[Person]:
    top = {"name": "Executive Office", "skills": "leadership", "head": "Chief Executive Officer"}
    ladder = ["Systems Engineer", "Senior Systems Engineer", "Principal Engineer", "Director of Engineering"]
    chief = Person({**top, "manager": "Chief Operating Officer"}, CHIEF, ladder, None, company["office"][0])
    people = [chief]
    for department in company["department"]:
        people += staff(chance, company, department, chief)
    taken: set[str] = set()
    for person in people:
        christen(chance, company, person, taken)
        live(chance, company, person)
    people.sort(key=lambda person: person.hired)
    for number, person in enumerate(people, 1):
        person.number = f"V{number:04}"
    return people


def write(to: Path, seed: int) -> int:
    company = tomllib.loads((HERE / "company.toml").read_text(encoding="utf-8"))
    chance, skills = Chance(seed), read_skills()
    people = found(chance, company)
    with to.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(HEADINGS.split(","))
        rows.writerows(row(chance, company, person, skills) for person in people)
    return len(people)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="Write the people of the sample organisation.")
    options.add_argument("--seed", type=int, default=2009)
    options.add_argument("--to", type=Path, default=HERE / "people.csv")
    given = options.parse_args()
    sys.stdout.write(f"{write(given.to, given.seed)} people written to {given.to}\n")
