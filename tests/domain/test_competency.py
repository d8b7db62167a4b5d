"""The catalogue of competencies: what can be defined, where it can stand, and what each refusal protects."""

from domain import competency
from domain.competency import (
    COMPETENCY,
    CatalogueIsTooDeep,
    Competency,
    CompetencyIsDefined,
    CompetencyIsRetired,
    CompetencyIsUnknown,
    Defined,
    Described,
    Linked,
    Moved,
    NothingIsItsOwnParent,
    ParentIsChanging,
    ParentIsRetired,
    ParentIsUnknown,
    ParentStandsBelow,
    Place,
    Restored,
    Retired,
    SynonymsSet,
    TooManySchemes,
    Unlinked,
    WordIsTaken,
    define,
    describe,
    link,
    move,
    place,
    restore,
    retire,
    same_place,
    unlink,
)
from domain.ids import competency_id
from domain.profile import key_of
from tests.scenario import fold, given

PYTHON, PROGRAMMING, WORK = (competency_id(word) for word in ("python", "programming", "work"))
DEFINED = Defined(label="Python", parent=PROGRAMMING, synonyms=("CPython",), external_ids={"esco": "S1"})
UNDER_WORK = (Place(WORK, None, defined=True, retired=False),)
UNDER_PROGRAMMING = (Place(PROGRAMMING, WORK, defined=True, retired=False), *UNDER_WORK)


def test_an_entry_has_a_label_a_place_other_words_and_ids_elsewhere() -> None:
    given(COMPETENCY).when(
        define,
        oneself=PYTHON,
        label=" Python ",
        lineage=UNDER_PROGRAMMING,
        synonyms=("CPython", "python", "cpython"),
        external_ids={"esco": "S1"},
    ).then(DEFINED)


def test_an_entry_needs_no_more_than_a_label() -> None:
    given(COMPETENCY).when(define, oneself=PYTHON, label="Python").then(Defined(label="Python"))


def test_two_spellings_of_a_label_are_one_entry() -> None:
    assert competency_id(key_of("Public  Speaking")) == competency_id(key_of("public speaking"))
    given(COMPETENCY, DEFINED).when(define, oneself=PYTHON, label="PYTHON").then_refused(CompetencyIsDefined)


def test_a_word_means_one_entry() -> None:
    taken = frozenset({"snake", "python"})
    given(COMPETENCY).when(define, oneself=PYTHON, label="Python", taken=taken).then_refused(
        WordIsTaken, word="Python"
    )
    given(COMPETENCY, DEFINED).when(describe, synonyms=("Py", "SNAKE"), taken=taken).then_refused(
        WordIsTaken, word="SNAKE"
    )
    given(COMPETENCY, DEFINED).when(describe, label="Snake", taken=taken).then_refused(
        WordIsTaken, word="Snake"
    )


def test_a_label_and_synonyms_can_change() -> None:
    entry = given(COMPETENCY, DEFINED)
    entry.when(describe, label="Python 3").then(Described(label="Python 3"))
    entry.when(describe, synonyms=("Py", "python")).then(SynonymsSet(synonyms=("Py",)))
    entry.when(describe, synonyms=()).then(SynonymsSet(synonyms=()))
    entry.when(describe, label="Py", synonyms=("Python",)).then(
        Described(label="Py"), SynonymsSet(synonyms=("Python",))
    )
    entry.when(describe, label="Python").then_nothing()
    entry.when(describe).then_nothing()


def test_what_becomes_the_label_is_a_synonym_no_more() -> None:
    given(COMPETENCY, DEFINED).when(describe, label="cpython").then(
        Described(label="cpython"), SynonymsSet(synonyms=())
    )


def test_an_entry_moves_below_another_or_to_the_root() -> None:
    given(COMPETENCY, DEFINED).when(move, oneself=PYTHON, lineage=UNDER_WORK).then(Moved(parent=WORK))
    given(COMPETENCY, DEFINED).when(move, oneself=PYTHON, lineage=()).then(Moved(parent=None))
    given(COMPETENCY, DEFINED).when(move, oneself=PYTHON, lineage=UNDER_PROGRAMMING).then_nothing()


def test_a_branch_does_not_grow_into_itself() -> None:
    root = Defined(label="Work")
    moved = given(COMPETENCY, root)
    itself = (Place(WORK, None, defined=True, retired=False),)
    moved.when(move, oneself=WORK, lineage=itself).then_refused(NothingIsItsOwnParent)
    moved.when(move, oneself=WORK, lineage=UNDER_PROGRAMMING).then_refused(ParentStandsBelow)


def test_a_parent_is_an_entry_in_use() -> None:
    unknown = (Place(WORK, None, defined=False, retired=False),)
    retired = (Place(WORK, None, defined=True, retired=True),)
    for lineage, refusal in ((unknown, ParentIsUnknown), (retired, ParentIsRetired)):
        given(COMPETENCY).when(define, oneself=PYTHON, label="Python", lineage=lineage).then_refused(refusal)
        given(COMPETENCY, DEFINED).when(move, oneself=PYTHON, lineage=lineage).then_refused(refusal)


def test_a_catalogue_is_ten_levels_deep() -> None:
    chain = [competency_id(f"level {number}") for number in range(11)]
    state = {
        below: fold(COMPETENCY, [Defined(label=f"Level {number}", parent=above)])
        for number, (above, below) in enumerate(zip([None, *chain[:-1]], chain, strict=True))
    }
    nine = competency.lineage(chain[8], state.__getitem__)
    given(COMPETENCY).when(define, oneself=PYTHON, label="Python", lineage=nine).then(
        Defined(label="Python", parent=chain[8])
    )
    for deep in (chain[9], chain[10]):
        given(COMPETENCY).when(
            define, oneself=PYTHON, label="Python", lineage=competency.lineage(deep, state.__getitem__)
        ).then_refused(CatalogueIsTooDeep, limit=10)


def test_a_lineage_of_what_goes_round_ends() -> None:
    """No decision makes such a circle; a fold that finds one must not hang."""
    circle = {
        PROGRAMMING: fold(COMPETENCY, [Defined(label="Programming", parent=WORK)]),
        WORK: fold(COMPETENCY, [Defined(label="Work", parent=PROGRAMMING)]),
    }
    assert len(competency.lineage(WORK, circle.__getitem__)) == competency.MOST_LEVELS + 1


def test_a_lineage_holds_while_nothing_in_it_changes() -> None:
    state = fold(COMPETENCY, [DEFINED])
    seen = place(state, PYTHON)
    assert same_place(state, place_=seen) == []
    given(COMPETENCY, DEFINED, Described(label="Py")).when(same_place, place_=seen).then_nothing()
    given(COMPETENCY, DEFINED, Moved(parent=None)).when(same_place, place_=seen).then_refused(
        ParentIsChanging
    )
    given(COMPETENCY, DEFINED, Retired()).when(same_place, place_=seen).then_refused(ParentIsChanging)


def test_an_entry_has_one_id_in_each_other_catalogue() -> None:
    given(COMPETENCY, DEFINED).when(link, scheme="esco", external_id="S2").then(
        Linked(scheme="esco", external_id="S2")
    )
    given(COMPETENCY, DEFINED).when(link, scheme="onet", external_id="2.B.3.e").then(
        Linked(scheme="onet", external_id="2.B.3.e")
    )
    given(COMPETENCY, DEFINED).when(link, scheme="esco", external_id=" S1 ").then_nothing()
    given(COMPETENCY, DEFINED).when(unlink, scheme="esco").then(Unlinked(scheme="esco"))
    given(COMPETENCY, DEFINED).when(unlink, scheme="onet").then_nothing()


def test_there_are_at_most_twenty_other_catalogues() -> None:
    many = Defined(label="Python", external_ids={f"scheme-{number}": "1" for number in range(20)})
    given(COMPETENCY, many).when(link, scheme="esco", external_id="S1").then_refused(TooManySchemes, limit=20)
    given(COMPETENCY, many).when(link, scheme="scheme-7", external_id="2").then(
        Linked(scheme="scheme-7", external_id="2")
    )


def test_a_retired_entry_stays_as_it_is_until_it_is_restored() -> None:
    retired = given(COMPETENCY, DEFINED, Retired())
    retired.when(describe, label="Python 3").then_refused(CompetencyIsRetired)
    retired.when(describe, synonyms=()).then_refused(CompetencyIsRetired)
    retired.when(move, oneself=PYTHON, lineage=()).then_refused(CompetencyIsRetired)
    retired.when(link, scheme="esco", external_id="S2").then_refused(CompetencyIsRetired)
    retired.when(unlink, scheme="esco").then_refused(CompetencyIsRetired)
    retired.when(retire).then_nothing()
    retired.when(restore).then(Restored())
    given(COMPETENCY, DEFINED).when(retire).then(Retired())
    given(COMPETENCY, DEFINED).when(restore).then_nothing()
    given(COMPETENCY, DEFINED, Retired(), Restored()).when(describe, label="Py").then(Described(label="Py"))


def test_of_what_was_never_defined_nothing_can_be_said() -> None:
    nothing = given(COMPETENCY)
    nothing.when(describe, label="Python").then_refused(CompetencyIsUnknown)
    nothing.when(retire).then_refused(CompetencyIsUnknown)
    nothing.when(restore).then_refused(CompetencyIsUnknown)


def test_the_state_is_what_rules_read() -> None:
    linked = (Linked(scheme="onet", external_id="2"), Unlinked(scheme="esco"))
    assert given(COMPETENCY, DEFINED, *linked).state == Competency(
        definition=DEFINED, label="Python", synonyms=("CPython",), parent=PROGRAMMING, links={"onet": "2"}
    )
