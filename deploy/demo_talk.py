"""What the demo's pairs say to each other, by programme: goals, questions with answers, things to read."""

from dataclasses import dataclass
from typing import Final

from deploy.demo_programs import HIGH_POTENTIAL, LEADERSHIP, ONBOARDING


@dataclass(frozen=True, slots=True)
class Talk:
    """What one relationship is about. In `chat` they take turns, the mentee first; `reading` has a link."""

    goal: str
    competency: str
    chat: tuple[str, ...]
    question: str
    answer: str
    topics: tuple[str, ...]
    reading: tuple[str, str]
    task: tuple[str, str]
    agenda: str
    minutes: str


LEADING: Final = (
    Talk(
        goal="Lead my first team meeting without a script, and have everybody speak.",
        competency="lead a team",
        chat=(
            "Thank you for taking me on! Shall we begin with the meeting that I dread every Monday?",
            "Gladly. What would it look like if it went well?",
            "People would talk to each other and not to me.",
            "Then ask one question and count to ten. It is longer than you think.",
            "I counted to seven. Then Marta spoke, and after her everybody.",
        ),
        question="How do you tell somebody that their work is not good enough, without losing them?",
        answer="Early, alone, and about the work: say what you saw, what it led to, what you need next. Then "
        "be quiet and listen. Most people know already and are relieved.",
        topics=("give constructive feedback", "lead a team"),
        reading=("The coaching habit, chapter on the first question", "https://example.org/coaching-habit"),
        task=("Ask three colleagues for feedback", "One who likes working with you, one who does not yet."),
        agenda="How the last team meeting went; one difficult conversation, rehearsed.",
        minutes="Rehearsed the conversation with a team member twice. Next time: report how it went.",
    ),
    Talk(
        goal="Delegate the weekly report for good, and use the two hours for planning.",
        competency="coach employees",
        chat=(
            "I have tried to hand the report over three times, and I always take it back.",
            "What happens just before you take it back?",
            "There is a mistake in it, and I mend it myself, because it is quicker.",
            "Quicker this week. What would it cost to say where the mistake is, and wait?",
        ),
        question="When do you let somebody make a mistake that you can see coming?",
        answer="When it costs less than the lesson is worth and no customer pays for it. Say beforehand "
        "that you will not step in, or it is a trap.",
        topics=("coach employees",),
        reading=("Who has the monkey? On managing time", "https://example.org/monkeys"),
        task=("Write down what you will never do again yourself", "Five things are enough; give one away."),
        agenda="The report: who, from when, and what happens when it is late.",
        minutes="The report is handed over next week with one page of notes; nobody looks at it before noon.",
    ),
    Talk(
        goal="Have every member of my team name one thing that they want to learn this year.",
        competency="develop staff",
        chat=(
            "Half of my team says that there is nothing that they want to learn.",
            "Do you believe them?",
            "I believe that nobody ever asked twice.",
        ),
        question="What do you ask in a talk about somebody's development?",
        answer="What they were proud of last month, what they would gladly stop doing, and what they would "
        "like to be asked about by others in two years.",
        topics=("develop staff", "motivate employees"),
        reading=("Talking about goals", "https://example.org/talking-about-goals"),
        task=(
            "Hold two of the talks, and take notes of the questions",
            "Not of the answers: those are theirs.",
        ),
        agenda="Two talks, question by question.",
        minutes="The question about stopping something worked best. It goes first from now on.",
    ),
)

ARRIVING: Final = (
    Talk(
        goal="Know whom to ask about what in my first month.",
        competency="adapt to change",
        chat=(
            "Hello! I start on Monday and know nobody.",
            "Hello, and welcome! I will be at the door at nine. Coffee first.",
            "Thank you. That is the first thing I know about the company.",
            "And the most important one.",
        ),
        question="Whom do I ask when I do not know whom to ask?",
        answer="Me, in the first month. After that the team's channel: somebody has always had the same "
        "question, and nobody minds.",
        topics=("arriving",),
        reading=("The first hundred days, a short guide", "https://example.org/first-hundred-days"),
        task=("Walk through the building together", "With a stop at everybody whose name you will need."),
        agenda="The building, the people, the words that only we use.",
        minutes="Seen: four floors, eleven people, one roof terrace. Open: access to the test system.",
    ),
    Talk(
        goal="Deliver a first piece of my own work by the end of the second month.",
        competency="work independently",
        chat=(
            "My first change was sent back with fourteen remarks.",
            "Mine had thirty. How many of them were about the same thing?",
            "Ten. About names.",
        ),
        question="How large should a first change be?",
        answer="So small that a tired colleague reads it between two meetings. The second one may be larger.",
        topics=("arriving", "code review"),
        reading=("How we review", "https://example.org/how-we-review"),
        task=(
            "Read three reviews of other people's work",
            "Choose one that you would have written otherwise.",
        ),
        agenda="The fourteen remarks.",
        minutes="Sorted the remarks into three habits. The next change is half as long.",
    ),
)

DIRECTING: Final = (
    Talk(
        goal="Choose a project for the board that another department would miss if it failed.",
        competency="implement strategic planning",
        chat=(
            "I have three ideas, and all of them are good for my own department.",
            "Which one would the head of production defend in your place?",
            "None of them, if I am honest.",
            "Then go and ask what they would defend.",
        ),
        question="How do you read the minutes of a board, and not only its decisions?",
        answer="Look for what was put off, and for whom nobody asked. Decisions say what a board agreed on; "
        "what is missing says what it is afraid of.",
        topics=("implement strategic planning", "boards"),
        reading=("What the board reads", "https://example.org/what-the-board-reads"),
        task=("Shadow a board meeting", "Write one page about what was not said."),
        agenda="Three ideas; who would defend each of them.",
        minutes="Two ideas dropped. The third needs a sponsor in production before we speak again.",
    ),
    Talk(
        goal="Tell our strategy in five minutes to somebody who has never heard of us.",
        competency="apply strategic thinking",
        chat=(
            "I told it to my daughter. She fell asleep at minute two.",
            "Where was she at minute one?",
            "Asking why anybody would want that.",
        ),
        question="What was the worst decision that you have taken, and what did you do the day after?",
        answer="I kept a product alive that I loved. The day after we stopped it, I wrote down what I had "
        "known for a year, and read it to my team.",
        topics=("make strategic business decisions",),
        reading=("Writing a strategy on one page", "https://example.org/one-page"),
        task=("Tell the strategy to three people outside", "Note the first question that each of them asks."),
        agenda="Five minutes, told twice; what was asked.",
        minutes="The second telling began with the customer. Keep that.",
    ),
)

TALKS: Final = {ONBOARDING.slug: ARRIVING, LEADERSHIP.slug: LEADING, HIGH_POTENTIAL.slug: DIRECTING}
