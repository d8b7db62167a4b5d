"""Whatever is said in whatever order: a wish that was granted and is repeated decides nothing."""

from dataclasses import replace
from typing import Any

from hypothesis import given as drawn
from hypothesis import strategies as st

from domain import conversation
from domain.conversation import CONVERSATION
from domain.relationship import Sharing, Status
from tests.domain.test_conversation import TOGETHER
from tests.domain.test_wishes import Wish, each_decides_nothing_again, ids, texts, wish
from tests.people import ADA, LIN, NOOR

by: dict[str, Any] = {"by": st.sampled_from([ADA.id, NOOR.id, LIN.id])}
inside: dict[str, Any] = {
    **by,
    "within": st.sampled_from([TOGETHER, TOGETHER, TOGETHER, replace(TOGETHER, status=Status.CONCLUDED)]),
}
sharing = st.sampled_from(Sharing)
OF_A_CONVERSATION = st.one_of(
    wish(conversation.send_message, **inside, message=ids, text=texts, reply_to=st.none() | ids),
    wish(conversation.withdraw_message, **by, message=ids),
    wish(conversation.ask_question, **inside, question=ids, text=texts, sharing=sharing),
    wish(conversation.answer_question, **inside, question=ids, answer=ids, text=texts, sharing=sharing),
    wish(conversation.accept_answer, **inside, answer=ids),
)


@drawn(st.lists(OF_A_CONVERSATION, max_size=25))
def test_a_repeated_wish_decides_nothing(wishes: list[Wish]) -> None:
    each_decides_nothing_again(CONVERSATION, wishes)
