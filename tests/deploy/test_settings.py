"""Settings: where they come from, what is refused, and that secrets stay hidden."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import workers.publisher  # noqa: F401 its refusals name settings
from deploy.settings import SECRETS, Settings, SettingsInvalid, env_name, load, shown, source
from domain.refusal import Refusal

KEY = base64.b64encode(b"k" * 32).decode()
PRODUCTION = {
    "CHIRON_MODE": "production",
    "CHIRON_DATABASE_URL": "postgresql://chiron:very-secret@db/chiron",
    "CHIRON_KAFKA_BOOTSTRAP_SERVERS": "one:9092,two:9092",
    "CHIRON_BLOBS": "s3://documents/chiron",
    "CHIRON_TOKEN_KEY": KEY,
    "CHIRON_KEK": KEY,
    "CHIRON_CURSOR_KEY": KEY,
}

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


def faults() -> dict[str, str]:
    with pytest.raises(SettingsInvalid) as caught:
        load()
    return dict(caught.value.faults)


def test_nothing_set_is_the_embedded_default() -> None:
    settings = load()
    assert (settings.embedded, settings.host, settings.port) == (True, "127.0.0.1", 8000)
    assert settings.serves_graphiql
    assert settings.answers_introspection
    assert source(settings, "port") == "default"


def test_the_environment_wins_over_the_file(home: Path, environment: pytest.MonkeyPatch) -> None:
    (home / ".env").write_text("CHIRON_PORT=8100\nCHIRON_HOST=192.0.2.7\nPOSTGRES_PASSWORD=not-ours\n")
    environment.setenv("CHIRON_PORT", "8200")
    settings = load()
    assert (settings.port, settings.host) == (8200, "192.0.2.7")
    assert (source(settings, "port"), source(settings, "host")) == ("environment", ".env")


def test_an_empty_value_is_as_good_as_none(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CHIRON_PORT", "")
    assert load().port == 8000
    assert source(load(), "port") == "default"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("CHIRON_PORT", "eighty", "valid integer"),
        ("CHIRON_PORT", "0", "greater than or equal to 1"),
        ("CHIRON_PORT", "65536", "less than or equal to 65535"),
        ("CHIRON_MODE", "staging", "'embedded' or 'production'"),
        ("CHIRON_ORGANISATION", "Acme; DROP", "should match"),
        ("CHIRON_DATABASE_URL", "mysql://x", "begins with postgresql://"),
        ("CHIRON_DATABASE_URL", "postgresql://[", "is no address that PostgreSQL understands"),
        ("CHIRON_DATABASE_URL", "postgresql://h/d?optoins=x", "is no address that PostgreSQL understands"),
        ("CHIRON_KAFKA_BOOTSTRAP_SERVERS", "kafka", "host:port"),
        ("CHIRON_KAFKA_BOOTSTRAP_SERVERS", "kafka:99999", "host:port"),
        ("CHIRON_BLOBS", "https://example.org", "is a folder, or s3://"),
        ("CHIRON_BLOBS", "s3://", "is a folder, or s3://"),
        ("CHIRON_LAKE", "https://example.org", "is a folder, or s3://"),
        ("CHIRON_LRS_URL", "ftp://lrs.example.org", "begins with https://"),
        ("CHIRON_LRS_URL", "https://lrs.example.org/xapi?a=b", "ends before any ?"),
        ("CHIRON_LRS_HOME_PAGE", "velmora", "begins with https://"),
        ("CHIRON_PUBLIC_URL", "mentoring.example.org", "begins with https://"),
        ("CHIRON_MAIL_URL", "http://mail.example.org", "smtp://user:password@host:587"),
        ("CHIRON_MAIL_URL", "smtp://mail.example.org:99999", "smtp://user:password@host:587"),
        ("CHIRON_MAIL_URL", "smtp://mail.example.org/inbox", "smtp://user:password@host:587"),
        ("CHIRON_MAIL_URL", "smtp://chiron@mail.example.org", "a user and a password"),
        ("CHIRON_MAIL_FROM", "Mentoring", "is an address"),
        ("CHIRON_MAIL_FROM", "a@example.org\nBcc: b@example.org", "is an address"),
        ("CHIRON_MAIL_DAYS", "0", "greater than or equal to 1"),
        ("CHIRON_LAKE_MINUTES", "0", "greater than or equal to 1"),
        ("CHIRON_TOKEN_KEY", "short", "base64"),
        ("CHIRON_TOKEN_KEY", base64.b64encode(b"short").decode(), "has 5 bytes, 32 are needed"),
        ("CHIRON_KEK", base64.b64encode(b"k" * 33).decode(), "more than 32 bytes"),
        ("CHIRON_OLDER_KEKS", f"{KEY},nonsense", "base64"),
        ("CHIRON_LOG_LEVEL", "loud", "'debug'"),
        ("CHIRON_LIMIT_SECONDS", "-1", "greater than 0"),
    ],
)
def test_a_bad_value_is_refused_by_name(
    environment: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    environment.setenv(name, value)
    sentence = faults()["SETTING_INVALID"]
    assert sentence.startswith(f"{name} is not valid: ")
    assert reason in sentence


def test_a_misspelt_name_is_refused_with_the_right_one(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CHIRON_PROT", "8100")
    assert faults() == {"SETTING_UNKNOWN": "There is no setting CHIRON_PROT: did you mean CHIRON_PORT?"}


def test_a_name_like_no_other_is_refused_too(home: Path) -> None:
    (home / ".env").write_text("CHIRON_ZZZZZZZZ=1\n")
    assert faults() == {
        "SETTING_UNKNOWN": "There is no setting CHIRON_ZZZZZZZZ: `chiron settings` lists all."
    }


def test_a_learning_record_store_needs_to_know_who_we_are(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CHIRON_LRS_URL", "https://lrs.example.org/xapi")
    environment.setenv("CHIRON_LRS_USERNAME", "chiron")
    assert faults() == {
        "SETTINGS_DISAGREE": "CHIRON_LRS_URL needs CHIRON_LRS_PASSWORD and CHIRON_LRS_HOME_PAGE."
    }


def test_mail_needs_to_know_from_whom_it_comes_and_where_its_links_lead(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("CHIRON_MAIL_URL", "smtp://mail.example.org")
    assert faults() == {"SETTINGS_DISAGREE": "CHIRON_MAIL_URL needs CHIRON_MAIL_FROM and CHIRON_PUBLIC_URL."}


def test_every_fault_is_told_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CHIRON_PROT", "8100")
    environment.setenv("CHIRON_PORT", "x")
    assert set(faults()) == {"SETTING_UNKNOWN", "SETTING_INVALID"}


def test_a_file_that_is_no_text_is_refused(home: Path) -> None:
    (home / ".env").write_bytes(b"CHIRON_PORT=\xff\xfe")
    assert "cannot be read" in faults()["ENV_FILE_UNREADABLE"]


def test_production_takes_what_is_given_and_is_closed(environment: pytest.MonkeyPatch) -> None:
    for name, value in PRODUCTION.items():
        environment.setenv(name, value)
    settings = load()
    assert not settings.embedded
    assert not settings.serves_graphiql
    assert not settings.answers_introspection


@pytest.mark.parametrize("missing", [name for name in PRODUCTION if name != "CHIRON_MODE"])
def test_production_refuses_what_the_embedded_default_would_make(
    environment: pytest.MonkeyPatch, missing: str
) -> None:
    for name, value in PRODUCTION.items():
        if name != missing:
            environment.setenv(name, value)
    assert missing in faults()["SETTINGS_DISAGREE"]


def test_trusted_documents_need_their_manifest(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CHIRON_TRUSTED_DOCUMENTS", "only")
    assert "CHIRON_TRUSTED_DOCUMENTS_FILE" in faults()["SETTINGS_DISAGREE"]


def test_older_keys_are_a_list(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CHIRON_OLDER_KEKS", f"{KEY} , {KEY},")
    assert [key.get_secret_value() for key in load().older_keks] == [KEY, KEY]


def test_no_secret_is_ever_shown(environment: pytest.MonkeyPatch) -> None:
    secret = {
        "CHIRON_OLDER_KEKS": KEY,
        "CHIRON_OLDER_TOKEN_KEYS": KEY,
        "CHIRON_KAFKA_PASSWORD": "very-secret",
        "CHIRON_LRS_PASSWORD": "very-secret",
        "CHIRON_MAIL_URL": "smtp://chiron:very-secret@mail.example.org",
        "CHIRON_MAIL_FROM": "mentoring@example.org",
        "CHIRON_PUBLIC_URL": "https://mentoring.example.org",
    }
    for name, value in {**PRODUCTION, **secret}.items():
        environment.setenv(name, value)
    settings = load()
    assert {shown(settings, name) for name in SECRETS} == {"(hidden)"}
    assert KEY not in repr(settings)
    assert "very-secret" not in repr(settings)


def test_a_refused_secret_is_not_repeated(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CHIRON_DATABASE_URL", "mysql://me:very-secret@db")
    environment.setenv("CHIRON_KEK", "very-secret")
    assert "very-secret" not in str(faults())


def test_a_key_that_is_made_here_says_where_it_is(home: Path) -> None:
    assert shown(load(), "kek") == "(made on first start)"
    (home / ".chiron" / "keys").mkdir(parents=True)
    (home / ".chiron" / "keys" / "kek").write_text(KEY)
    assert shown(load(), "kek") == "(hidden)"
    assert source(load(), "kek") == ".chiron/keys"


def test_every_setting_says_what_it_is_for() -> None:
    undocumented = [env_name(name) for name, field in Settings.model_fields.items() if not field.description]
    assert undocumented == []


def test_whoever_is_told_to_set_something_finds_it() -> None:
    told = "\n".join(refusal.__doc__ or "" for refusal in all_refusals())
    named = set(re.findall(r"CHIRON_[A-Z_]*[A-Z]", told))
    assert "CHIRON_KAFKA_TOPIC" in named
    assert named <= {env_name(name) for name in Settings.model_fields}


def all_refusals(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for refusal in of.__subclasses__():
        yield refusal
        yield from all_refusals(refusal)
