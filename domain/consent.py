"""Consent to a policy: given to one version of it, renewed for the next, and taken back at any time."""

from domain.event import DomainEvent
from domain.participant import ConsentGiven, ConsentWithdrawn, Participant, Status, refuse_absent
from domain.refusal import Refusal


class NewerConsentHolds(Refusal):
    """Consent to a newer version of this policy, {held}, is already given."""


def give_consent(state: Participant, *, policy: str, version: int) -> list[DomainEvent]:
    refuse_absent(state)
    wished = ConsentGiven(policy=policy, version=version)
    held = state.consents.get(wished.policy, 0)
    if held > wished.version:
        raise NewerConsentHolds(held=held)
    return [] if held == wished.version else [wished]


def withdraw_consent(state: Participant, *, policy: str) -> list[DomainEvent]:
    """Possible after leaving too: the right to take consent back does not end with the job."""
    refuse_absent(state, but=Status.LEFT)
    return [ConsentWithdrawn(policy=policy)] if policy in state.consents else []
