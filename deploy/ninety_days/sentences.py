"""What people write in the demo. Each text is put together of parts that fit each other in any order."""

from random import Random
from typing import Final

OPENINGS: Final = (
    "Good morning!",
    "A short note before the weekend:",
    "Thank you for yesterday.",
    "I have thought about what you said.",
    "Something small first:",
    "You asked how it went.",
    "Back from two days of travel.",
    "Between two meetings:",
    "I owe you an answer.",
    "Good news, for once.",
    "This one is harder to write.",
    "Quick question, no hurry.",
)
OF_MENTEES: Final = (
    "I tried it in the team meeting, and for the first time two others spoke before I did.",
    "The plan is half a page now, and my manager read it to the end.",
    "I said no to the third project, and nothing fell down.",
    "The talk with Karim was shorter than I feared and longer than he liked.",
    "I handed the report over on Monday and did not look at it until noon.",
    "Nobody objected, and I have learnt by now that this is not the same as agreeing.",
    "I wrote the three questions on a card and left it on the table; it helped.",
    "My estimate was wrong by half, and I said so before anybody asked.",
    "The customer called me and not my manager, which is new.",
    "I have no idea yet what to do about the two who do not talk to each other.",
    "I asked for feedback and got a list; the fourth point is true.",
    "The budget is approved, with a remark that I do not understand.",
    "We stopped the weekly round, and three people thanked me.",
    "I did the exercise twice, once on paper and once aloud in the car.",
    "The new colleague knows more than I do about testing, and I told her.",
    "I found the document that you meant; it is older than my time here.",
    "The first hour of the day is free of meetings now, and I defend it.",
    "It did not work, and I think I know which sentence was the wrong one.",
    "I presented to the board's assistant first, as you said; she found the gap at once.",
    "Half of the list is done, the other half turned out to be somebody else's.",
)
OF_MENTORS: Final = (
    "That is more than I had managed at your point.",
    "What would you do if it were your own money?",
    "Leave it for two days; if it still bothers you then, we talk about nothing else.",
    "I made the same mistake in a larger room, and am still here.",
    "Write down what you expect before you go in, and compare afterwards.",
    "Ask him what he would need to say yes, and then be quiet.",
    "You are describing two problems; which one is yours?",
    "Who loses if this succeeds? Begin with them.",
    "There is a simpler way: call her, and say exactly what you wrote to me.",
    "I would not decide that before the figures of this month are in.",
    "You have the mandate already; you are waiting for applause.",
    "Let somebody else tell it the first time, and listen to what is missing.",
    "That deserves a longer answer; let us take the first half hour of our next meeting.",
    "A good sign. Now do it once without preparing.",
    "I have sent you something to read; the second part is about exactly this.",
    "Do not mend it yourself, however quick that would be.",
    "Tell me how it looks from the other side of the table.",
    "It is fine to be slow in the first quarter and clear in the second.",
    "I asked around: three others have the same trouble, and one has a remedy.",
    "Try the smallest version of it this week, and throw away whatever does not help.",
)
CLOSINGS: Final = (
    "",
    "",
    "More when we meet.",
    "What do you think?",
    "No answer needed today.",
    "I will tell you how it ends.",
    "Thank you!",
    "Does that make sense?",
    "Let us put it on the agenda.",
    "Until Thursday.",
    "And now a coffee.",
)
LAST_LINES: Final = (
    "Thank you, that helps.",
    "Agreed.",
    "I will try that.",
    "Good. Tell me how it went.",
    "Noted, and on my list.",
    "Gladly.",
    "That is the sentence that I needed.",
)

QUESTIONS: Final = (
    "How do you prepare for a conversation that you would rather not have?",
    "What do you do in the first ten minutes with a team that you do not know?",
    "How much of your week do you leave free, and who knows about it?",
    "When have you changed your mind in front of everybody, and what did it cost?",
    "How do you say no to somebody whom you will need next month?",
    "Which meetings would you abolish if it were only up to you?",
    "How do you notice that somebody is about to leave?",
    "What do you write down, and what never?",
    "How do you give praise that does not sound like a method?",
    "When is a plan good enough to be shown?",
    "How do you hand over something that you love doing?",
    "What do you do when two experts disagree, and you are neither?",
)
ANSWERS: Final = (
    "I write its first sentence down and say it aloud once. After that I listen; no more can be prepared.",
    "I ask each of them what I should leave alone. It tells me what they are proud of.",
    "Four hours, in the calendar under a name that nobody dares to move.",
    "Once, over a supplier. It cost an evening, and the team has brought me bad news early ever since.",
    "Early, with the reason, and with one thing that I can do instead.",
    "All in which one person reads to the others what they could have read themselves.",
    "They stop complaining. Whoever still complains still hopes.",
    "Decisions and dates. Never what I thought of somebody on a bad day.",
    "I say what I saw and what it made possible, and then I change the subject.",
    "When I can say which part of it is probably wrong.",
    "To somebody who does it differently, and I stay away for two months.",
    "I ask each what would prove them wrong. Whoever has an answer has thought further.",
)
TOPICS: Final = (
    ("apply conflict management",),
    ("lead a team",),
    ("manage time",),
    ("make decisions",),
    ("engage with stakeholders",),
    ("manage a team", "manage time"),
    ("develop staff",),
    ("communication",),
    ("manage feedback", "motivate employees"),
    ("plan medium to long term objectives",),
    ("delegate responsibilities",),
    ("make decisions", "communication"),
)

GOALS: Final = (
    "Run a planning meeting that ends on time and with a decision.",
    "Give feedback within a day, in person.",
    "Hand over one standing task, for good.",
    "Know the three people without whom nothing moves in the other department.",
    "Speak in the larger round without notes.",
    "Bring my own estimate and my own result within a fifth of each other.",
    "Have a plan for the coming year that fits on a page.",
    "Ask one question before the first advice, every time.",
    "Explain our product to a customer in their words.",
    "Take two full weeks off without being called.",
)
STEPS: Final = (
    "A first step.",
    "Further than I thought.",
    "Slow, but it moves.",
    "Two of three parts are done.",
    "It held for a whole week.",
    "Tried out once more, with more people.",
    "Nearly there.",
)
READING: Final = (
    ("Listening before advising", "https://example.org/listening-before-advising"),
    ("Notes on the first ninety days", "https://example.org/first-ninety-days"),
    ("How to run a meeting of twelve", "https://example.org/meeting-of-twelve"),
    ("Estimates, and why they are wrong", "https://example.org/estimates"),
    ("A letter to a new manager", "https://example.org/new-manager"),
    ("The one-page plan", "https://example.org/one-page-plan"),
    ("What stakeholders hear", "https://example.org/what-stakeholders-hear"),
    ("Rest is part of the work", "https://example.org/rest"),
)
TASKS: Final = (
    ("Ask two people what you should stop doing", "Write down their words, not yours."),
    ("Sit in on a meeting of another team", "Say nothing; note who speaks after whom."),
    ("Draw the map of whom your work depends on", "One page. Mark whom you have never met."),
    ("Rewrite the last long mail in five lines", "Send it to yourself, and read it tomorrow."),
    ("Keep a diary of your hours for a week", "Half hours are exact enough."),
    ("Tell a colleague what you have learnt from them", "In person, and without asking for anything."),
)
SUBMISSIONS: Final = (
    "Done; three sentences surprised me.",
    "Here it is. The last part I would do differently now.",
    "Finished, a day late and twice as long as planned.",
    "Done, and I will go on doing it.",
)
RETURNS: Final = (
    "Good so far. Please add what you would do next time.",
    "The facts are there; what did you feel?",
)
TITLES: Final = (
    "Our hour",
    "Progress, and one difficult thing",
    "Rehearsal",
    "What came of it",
    "A look ahead",
    "Walk and talk",
)
AGENDAS: Final = (
    "What has happened since; one thing that is stuck; the next step.",
    "The conversation from last week, played through twice.",
    "Your plan, read by somebody who does not know it.",
    "Two questions of yours, one of mine.",
    "Where the goal stands, and whether it is still the right one.",
)
MINUTES: Final = (
    "Spoke about the team meeting. Next: ask one question, wait, and write down who answers.",
    "Looked at the plan together. The second part falls away; a talk with finance comes first.",
    "Rehearsed the talk. The first sentence stands; the end is still too polite.",
    "Reviewed the month. Two things went better than planned, one was given up, rightly.",
    "Sorted what is urgent from what is loud. Three items are left on the list.",
    "Went through the feedback line by line. One point needs an apology, and gets it this week.",
)
NOTES: Final = (
    "Remember to ask how the talk with the manager went.",
    "Likes examples more than models.",
    "Next time outside the office; it goes better there.",
    "Send the article about estimates.",
)
COMMENTS: Final = (
    "It goes well; I leave our meetings with one thing to try.",
    "Helpful, and a little too short each time.",
    "We know each other better now, and it gets more honest.",
    "The month was full; we still made it.",
    "I would like to set the agenda earlier.",
)
WORRIES: Final = (
    "We hardly find a time any more.",
    "Three of our last meetings were moved.",
    "I am not sure that I am the right person for this.",
    "It has become quiet between us.",
)
CONCERNS: Final = (
    "My mentor has not answered for three weeks, and I do not want to complain to anybody else.",
    "We talk about projects only; what I came for has not come up yet.",
    "I am asked for results of our talks by my manager, and would rather not give any.",
)
SETTLED: Final = (
    "Spoke with both of them; they have agreed on a fixed hour.",
    "Explained to the manager what stays between the two.",
    "Offered another mentor; they would like to try once more.",
)
PARTINGS: Final = (
    "We part as friends; the goals have moved on.",
    "A new job, and no hour left in the week.",
    "It was not the right fit, and we both said so.",
    "Perhaps again in a year.",
)
CANCELLING: Final = (
    "A customer has moved our deadline to that very hour.",
    "I am ill, and no use to anybody.",
    "The flight is late; let us find another day.",
    "My child's school has called.",
)
PRAISE: Final = (
    "Please keep this programme going.",
    "The fixed hour every month is what makes it work.",
    "I have learnt more in three months than in the last course.",
    "A list of questions for the first meeting would help those who begin.",
    "Somebody listens who has nothing to gain from it; that is rare.",
    "I prepare for these talks, and that alone changes my week.",
    "We found out how much two departments do twice.",
    "More examples from other pairs would be welcome.",
    "The reminders come at the right time.",
    "I would gladly mentor somebody myself next year.",
)
BLAME: Final = (
    "We were matched well on paper, and have too little to say to each other.",
    "Too much was left to us in the first weeks.",
    "The time differs by eight hours; that was known.",
    "Every second meeting was moved, mostly by me.",
    "I do not know what is expected of me here.",
    "A talk between the three of us would have helped early on.",
    "My manager does not see why I spend time on this.",
    "We stopped when the quarter became busy.",
)


def remark(chance: Random, *, content: bool) -> str:
    """What somebody adds to a survey: one thing or two."""
    return " ".join(chance.sample(PRAISE if content else BLAME, chance.randint(1, 2)))


def message(chance: Random, *, of_mentor: bool, last: bool) -> str:
    if last:
        return chance.choice(LAST_LINES)
    middle = chance.choice(OF_MENTORS if of_mentor else OF_MENTEES)
    parts = (chance.choice(OPENINGS) if chance.random() < 0.5 else "", middle, chance.choice(CLOSINGS))
    return " ".join(part for part in parts if part)
