"""Ada arrives, says what she can teach, and is found; what is nobody's business stays hers."""

from tests.house import House

PROFILE = """query ($id: ID!) { participant(id: $id) {
    name department timeZone biography hoursAMonth accepting status erased demographics sources
    competenciesOffered { competency level } competenciesSought { competency level priority }
    avoids { id } expertHeadline manager { name }
} }"""


def test_from_the_record_to_a_profile_that_colleagues_find(house: House) -> None:
    noor = house.person("Noor Haddad", jobTitle="Head of Research")
    record = {
        "department": "Cryogenics",
        "manager": noor.id,
        "timeZone": "Africa/Lagos",
        "jobTitle": "Engineer",
    }
    ada = house.person("Ada Obi", **record)

    house.done(
        ada, "describeProfile", {"profile": {"biography": "I like to explain things.", "timeZone": "UTC"}}
    )
    house.done(ada, "offerCompetency", {"competency": "Low temperature physics", "level": 5})
    house.done(ada, "offerCompetency", {"competency": "Welding", "level": 2})
    house.done(ada, "withdrawCompetencyOffer", {"competency": "Welding"})
    house.done(ada, "seekCompetency", {"competency": "Public speaking", "level": 3, "priority": 1})
    house.done(ada, "setAvailability", {"hoursAMonth": 6, "accepting": True})
    house.done(
        ada, "listAsExpert", {"headline": "Ask me about the cold", "topics": ["Low temperature physics"]}
    )

    assert house.ask(noor, PROFILE, id=ada.id)["participant"] == {
        "name": "Ada Obi",
        "department": "Cryogenics",
        "timeZone": "UTC",
        "biography": "I like to explain things.",
        "hoursAMonth": 6,
        "accepting": True,
        "status": "ACTIVE",
        "erased": False,
        "demographics": None,
        "sources": None,
        "competenciesOffered": [{"competency": "Low temperature physics", "level": 5}],
        "competenciesSought": [{"competency": "Public speaking", "level": 3, "priority": 1}],
        "avoids": [],
        "expertHeadline": "Ask me about the cold",
        "manager": {"name": "Noor Haddad"},
    }
    wanted = """query { participants(filter: {competencyOffered: "low temperature physics"}) {
        totalCount nodes { name } } }"""
    assert house.ask(noor, wanted)["participants"] == {"totalCount": 1, "nodes": [{"name": "Ada Obi"}]}


def test_the_record_never_overwrites_what_the_person_has_said(house: House) -> None:
    ada = house.person("Ada", timeZone="Europe/Berlin", languages=["de"])
    house.done(ada, "describeProfile", {"profile": {"languages": ["en", "yo"]}})
    record = {"timeZone": "Europe/Paris", "languages": ["fr"]}
    given = {"participant": ada.id, "source": "hr", "record": record}
    selection = "participant { timeZone languages }"
    synced = house.done(house.registrar, "syncRecord", given, selection)["participant"]
    assert synced == {"timeZone": "Europe/Paris", "languages": ["en", "yo"]}

    house.done(ada, "describeProfile", {"profile": {"languages": None}})
    handed_back = house.done(house.registrar, "syncRecord", given, selection)["participant"]
    assert handed_back["languages"] == ["fr"]


def test_whom_one_avoids_is_ones_own_business(house: House) -> None:
    ada, ben = house.person("Ada"), house.person("Ben")
    mine = house.done(ada, "avoidPerson", {"person": ben.id}, "participant { avoids { id } }")
    assert mine["participant"]["avoids"] == [{"id": ben.id}]
    assert house.ask(ben, PROFILE, id=ada.id)["participant"]["avoids"] == []
    [refused] = house.answer(house.registrar, PROFILE, {"id": ada.id})["errors"]
    assert (refused["path"], refused["extensions"]["code"]) == (["participant", "avoids"], "FORBIDDEN")
    lifted = house.done(ada, "liftAvoidance", {"person": ben.id}, "participant { avoids { id } }")
    assert lifted["participant"]["avoids"] == []


def test_the_same_person_of_a_source_is_never_registered_twice(house: House) -> None:
    given = {"name": "Eve", "externalId": "E-77", "source": "hr"}
    first = house.done(house.registrar, "registerParticipant", given, "participant { id }")
    again = house.done(house.registrar, "registerParticipant", given, "participant { id }")
    assert again == first
    other = house.refused(house.registrar, "registerParticipant", {**given, "name": "Eva"})
    assert other["code"] == "ALREADY_REGISTERED"
    elsewhere = house.done(
        house.registrar, "registerParticipant", {**given, "source": "guests"}, "participant { id }"
    )
    assert elsewhere["participant"]["id"] != first["participant"]["id"]


def test_consent_is_given_renewed_and_taken_back(house: House) -> None:
    ada = house.person("Ada")
    selection = "participant { consents { policy version withdrawnAt } }"
    house.done(ada, "giveConsent", {"policy": "privacy", "version": 2})
    older = house.refused(ada, "giveConsent", {"policy": "privacy", "version": 1})
    assert (older["code"], "2" in older["message"]) == ("NEWER_CONSENT_HOLDS", True)
    house.done(house.registrar, "markParticipantLeft", {"participant": ada.id})
    [consent] = house.done(ada, "withdrawConsent", {"policy": "privacy"}, selection)["participant"][
        "consents"
    ]
    assert consent["withdrawnAt"] is not None


def test_who_has_left_changes_nothing_until_they_return(house: House) -> None:
    ada = house.person("Ada")
    left = house.done(ada, "markParticipantLeft", {"reason": "OWN_WISH"}, "participant { status leftAt }")
    assert left["participant"]["status"] == "LEFT"
    assert left["participant"]["leftAt"] is not None
    assert (
        house.refused(ada, "offerCompetency", {"competency": "Go", "level": 1})["code"] == "PERSON_HAS_LEFT"
    )
    back = house.done(house.registrar, "returnParticipant", {"participant": ada.id}, "participant { status }")
    assert back["participant"]["status"] == "ACTIVE"
    house.done(ada, "offerCompetency", {"competency": "Go", "level": 1})
