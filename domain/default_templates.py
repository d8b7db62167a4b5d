"""What is said on each occasion where the programme has no words of its own."""

from collections.abc import Iterable, Mapping
from typing import Final

from domain.occasions import Occasion
from domain.templates import Template

_PARTNER: Final = '{{ partner or "your partner" }}'
_SOMEBODY: Final = '{{ partner or "somebody" }}'
_DAYS: Final = '{{ days }} {{ "day" if days == 1 else "days" }}'


def _letter(about: Occasion, subject: str, *paragraphs: str) -> Template:
    return Template(about=about, subject=subject, body="\n\n".join(("Hello {{ name }},", *paragraphs)))


_ALL: Final = (
    _letter(
        Occasion.INVITATION,
        "You are invited to {{ program }}",
        "you are invited to take part in the mentoring programme {{ program }}, and have not answered yet."
        "{% if until %} You can until {{ until }}.{% endif %}",
        "Have a look: {{ link }}",
    ),
    _letter(
        Occasion.WISH,
        "{{ partner or 'Somebody' }} would like you to be their mentor",
        f"{_SOMEBODY} has asked whether you would be their mentor in {{{{ program }}}}, and waits for your"
        " answer. A no is fine, too: then the next on their list is asked.",
        "Answer here: {{ link }}",
    ),
    _letter(
        Occasion.PROPOSAL,
        "A mentoring relationship is proposed to you in {{ program }}",
        f"{{{{ program }}}} would like to bring you together with {_SOMEBODY}. Nothing begins before"
        " everybody has said yes.{% if until %} The proposal is open until {{ until }}.{% endif %}",
        "See why just you, and answer: {{ link }}",
    ),
    _letter(
        Occasion.AGREEMENT,
        "Your mentoring agreement waits for your signature",
        f"before your sessions with {_PARTNER} in {{{{ program }}}} can count, everybody signs the agreement."
        " Yours is still missing.",
        "Read and sign it: {{ link }}",
    ),
    _letter(
        Occasion.MEETING,
        "When will you and {{ partner or 'your partner' }} meet?",
        f"you and {_PARTNER} have no meeting ahead of you in {{{{ program }}}}. A short one is better than"
        " none: propose a time or two.",
        "Here: {{ link }}",
    ),
    _letter(
        Occasion.MILESTONE,
        "Is the milestone “{{ title }}” reached?",
        f"the milestone “{{{{ title }}}}” of your time with {_PARTNER} should have been reached by now. If it"
        " is, say so. If it is stuck, talk about what is in the way.",
        "Here: {{ link }}",
    ),
    _letter(
        Occasion.CHECK_IN,
        "How is it going with {{ partner or 'your partner' }}?",
        "a check-in on your mentoring in {{ program }} is due. It takes a minute.",
        "Here: {{ link }}",
    ),
    _letter(
        Occasion.SURVEY,
        "{% if rung > 1 %}Once more: a{% else %}A{% endif %} few questions about {{ program }}",
        "how do you find your mentoring in {{ program }}? A few questions wait for you"
        "{% if until %}, until {{ until }}{% endif %}.",
        "Here: {{ link }}",
    ),
    Template(about=Occasion.ANNOUNCEMENT, subject="{{ program }}: {{ title }}", body="{{ text }}"),
    _letter(
        Occasion.SILENCE,
        "{% if role %}Are you and {{ partner or 'your partner' }} still in touch?"
        "{% else %}{{ program }}: a relationship has gone silent{% endif %}",
        "nothing has been heard for a long time of the mentoring relationship"
        " {% if role %}with{% else %}of{% endif %} {{ partner or 'your partner' }} in {{ program }}. If it"
        " goes on, meet, write or check in. Otherwise it is concluded before long, and that is"
        " nobody's fault.",
        "Here: {{ link }}",
    ),
    _letter(
        Occasion.ENDING,
        "Your mentoring with {{ partner or 'your partner' }} comes to its end",
        f"your time with {_PARTNER} in {{{{ program }}}} is planned"
        "{% if until %} until {{ until }}{% else %} to end soon{% endif %}. Look back on what you have"
        " reached and conclude it together, or extend it.",
        "Here: {{ link }}",
    ),
    _letter(
        Occasion.ESCALATION,
        "{{ program }}: a relationship needs somebody to look after it",
        '{{ partner or "somebody" }} in {{ program }} have not reacted to reminders'
        f"{{% if days %}} for {_DAYS}{{% endif %}}. A word from you may help.",
        "The relationship: {{ link }}",
    ),
)
DEFAULTS: Final[Mapping[Occasion, Template]] = {template.about: template for template in _ALL}


def wording(templates: Iterable[Template], occasion: Occasion) -> Template:
    """The programme's own of these, else the default."""
    return next((template for template in templates if template.about is occasion), DEFAULTS[occasion])
