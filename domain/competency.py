"""A competency: an entry of the catalogue, with its other words, its place in it, and its ids elsewhere."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Final, assert_never

from pydantic import Field

from domain import profile
from domain.aggregate import Aggregate
from domain.event import DomainEvent
from domain.ids import CompetencyId
from domain.refusal import Refusal
from domain.words import Line, Slug

MOST_LEVELS: Final = 10
MOST_SCHEMES: Final = 20

Synonyms = Annotated[tuple[profile.Competency, ...], Field(max_length=50)]
ExternalIds = Annotated[dict[Slug, Line], Field(max_length=MOST_SCHEMES)]
"""What the entry is called by other catalogues, by the catalogue's name: `{"esco": "http://data.europa.eu/..."}`."""


class Defined(DomainEvent, name="competency.defined"):
    label: profile.Competency
    parent: CompetencyId | None = None
    synonyms: Synonyms = ()
    external_ids: ExternalIds = Field(default_factory=dict)


class Described(DomainEvent, name="competency.described"):
    label: profile.Competency


class SynonymsSet(DomainEvent, name="competency.synonyms_set"):
    synonyms: Synonyms


class Moved(DomainEvent, name="competency.moved"):
    """None: it is a root of the catalogue now."""

    parent: CompetencyId | None


class Linked(DomainEvent, name="competency.linked"):
    scheme: Slug
    external_id: Line


class Unlinked(DomainEvent, name="competency.unlinked"):
    scheme: Slug


class Retired(DomainEvent, name="competency.retired"):
    """Offered to nobody any more; whoever names it keeps it."""


class Restored(DomainEvent, name="competency.restored"):
    pass


CompetencyEvent = Defined | Described | SynonymsSet | Moved | Linked | Unlinked | Retired | Restored


@dataclass(frozen=True, slots=True)
class Competency:
    definition: Defined | None = None
    label: str = ""
    synonyms: tuple[str, ...] = ()
    parent: CompetencyId | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """An entry that others stand below, and what it stands below itself."""

    competency: CompetencyId
    parent: CompetencyId | None
    defined: bool
    retired: bool


Lineage = tuple[Place, ...]
"""The parent, its parent and so on up to the root; empty: none is wished for."""


class CompetencyIsUnknown(Refusal):
    """There is no such entry in the catalogue."""


class CompetencyIsDefined(Refusal):
    """The catalogue has an entry that was defined under this label."""


class CompetencyIsRetired(Refusal):
    """This entry is retired; nothing about it changes until it is restored."""


class WordIsTaken(Refusal):
    """The catalogue already means another entry by {word}."""


class NothingIsItsOwnParent(Refusal):
    """An entry cannot be its own parent."""


class ParentStandsBelow(Refusal):
    """This parent stands below the entry itself; a branch does not grow into itself."""


class ParentIsUnknown(Refusal):
    """The parent is no entry of the catalogue."""


class ParentIsRetired(Refusal):
    """The parent is retired; choose one that is in use."""


class CatalogueIsTooDeep(Refusal):
    """A catalogue has at most {limit} levels."""


class ParentIsChanging(Refusal):
    """An entry above is being changed just now. Try again."""


class TooManySchemes(Refusal):
    """An entry can be linked to at most {limit} other catalogues."""


def define(
    state: Competency,
    *,
    oneself: CompetencyId,
    label: str,
    lineage: Lineage = (),
    synonyms: tuple[str, ...] = (),
    external_ids: Mapping[str, str] | None = None,
    taken: frozenset[str] = frozenset(),
) -> list[DomainEvent]:
    """`taken` are the keys of the words by which the catalogue means other entries."""
    wished = Defined(
        label=label,
        parent=_parent(lineage),
        synonyms=_other_words(label, synonyms),
        external_ids=dict(external_ids or {}),
    )
    if state.definition == wished:
        return []
    if state.definition is not None:
        raise CompetencyIsDefined
    _refuse_taken((wished.label, *wished.synonyms), taken)
    _refuse_place(oneself, lineage)
    return [wished]


def describe(
    state: Competency,
    *,
    label: str | None = None,
    synonyms: tuple[str, ...] | None = None,
    taken: frozenset[str] = frozenset(),
) -> list[DomainEvent]:
    """None: nothing is said about it."""
    _refuse_absent(state)
    described = Described(label=state.label if label is None else label)
    others = SynonymsSet(
        synonyms=_other_words(described.label, state.synonyms if synonyms is None else synonyms)
    )
    own = {profile.key_of(word) for word in (state.label, *state.synonyms)}
    _refuse_taken((described.label, *others.synonyms), taken - own)
    decided: list[DomainEvent] = [described] if described.label != state.label else []
    return [*decided, others] if others.synonyms != state.synonyms else decided


def move(state: Competency, *, oneself: CompetencyId, lineage: Lineage) -> list[DomainEvent]:
    _refuse_absent(state)
    if state.parent == _parent(lineage):
        return []
    _refuse_place(oneself, lineage)
    return [Moved(parent=_parent(lineage))]


def link(state: Competency, *, scheme: str, external_id: str) -> list[DomainEvent]:
    _refuse_absent(state)
    wished = Linked(scheme=scheme, external_id=external_id)
    if wished.scheme not in state.links and len(state.links) >= MOST_SCHEMES:
        raise TooManySchemes(limit=MOST_SCHEMES)
    return [] if state.links.get(wished.scheme) == wished.external_id else [wished]


def unlink(state: Competency, *, scheme: str) -> list[DomainEvent]:
    _refuse_absent(state)
    return [Unlinked(scheme=scheme)] if scheme in state.links else []


def retire(state: Competency) -> list[DomainEvent]:
    _refuse_unknown(state)
    return [] if state.retired else [Retired()]


def restore(state: Competency) -> list[DomainEvent]:
    _refuse_unknown(state)
    return [Restored()] if state.retired else []


def place(state: Competency, competency: CompetencyId) -> Place:
    return Place(competency, state.parent, state.definition is not None, state.retired)


def same_place(state: Competency, *, place_: Place) -> list[DomainEvent]:
    """What a lineage relies on: decides nothing, and refuses a change."""
    if place(state, place_.competency) != place_:
        raise ParentIsChanging
    return []


def lineage(parent: CompetencyId | None, load: Callable[[CompetencyId], Competency]) -> Lineage:
    """As the entries stand now. No longer than a catalogue is deep: what goes round never ends."""
    places: list[Place] = []
    while parent is not None and len(places) <= MOST_LEVELS:
        places.append(place(load(parent), parent))
        parent = places[-1].parent
    return tuple(places)


def _parent(lineage: Lineage) -> CompetencyId | None:
    return lineage[0].competency if lineage else None


def _other_words(label: str, synonyms: Iterable[str]) -> tuple[str, ...]:
    """Each once, and none that is the label."""
    by_key = {profile.key_of(word): word for word in reversed(list(synonyms))}
    by_key.pop(profile.key_of(label), None)
    return tuple(reversed(by_key.values()))


def _refuse_taken(words: Iterable[str], taken: frozenset[str]) -> None:
    for word in words:
        if profile.key_of(word) in taken:
            raise WordIsTaken(word=word)


def _refuse_place(oneself: CompetencyId, lineage: Lineage) -> None:
    if _parent(lineage) == oneself:
        raise NothingIsItsOwnParent
    if any(above.competency == oneself for above in lineage):
        raise ParentStandsBelow
    if lineage and not lineage[0].defined:
        raise ParentIsUnknown
    if lineage and lineage[0].retired:
        raise ParentIsRetired
    if len(lineage) >= MOST_LEVELS:
        raise CatalogueIsTooDeep(limit=MOST_LEVELS)


def _refuse_unknown(state: Competency) -> None:
    if state.definition is None:
        raise CompetencyIsUnknown


def _refuse_absent(state: Competency) -> None:
    _refuse_unknown(state)
    if state.retired:
        raise CompetencyIsRetired


def evolve(state: Competency, event: CompetencyEvent) -> Competency:
    match event:
        case Defined():
            return replace(
                state,
                definition=event,
                label=event.label,
                synonyms=event.synonyms,
                parent=event.parent,
                links=event.external_ids,
            )
        case Described(label=label):
            return replace(state, label=label)
        case SynonymsSet(synonyms=synonyms):
            return replace(state, synonyms=synonyms)
        case Moved(parent=parent):
            return replace(state, parent=parent)
        case Linked(scheme=scheme, external_id=external_id):
            return replace(state, links={**state.links, scheme: external_id})
        case Unlinked(scheme=scheme):
            return replace(state, links={name: held for name, held in state.links.items() if name != scheme})
        case Retired():
            return replace(state, retired=True)
        case Restored():
            return replace(state, retired=False)
        case _:
            assert_never(event)


COMPETENCY: Final = Aggregate("competency", Competency(), evolve)
