"""Every setting: CHIRON_NAME in the environment or in the file `.env`, read when a command starts."""

import difflib
import os
import re
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import psycopg
from dotenv import dotenv_values
from psycopg.conninfo import conninfo_to_dict
from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from deploy import keys

PREFIX = "CHIRON_"
ENV_FILE = Path(".env")


class SettingsInvalid(Exception):
    """One sentence a fault: code, then what is wrong and what to do. Never holds the value of a secret."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{code}: {sentence}" for code, sentence in faults))


def _postgresql(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("begins with postgresql://")
    try:
        conninfo_to_dict(url.get_secret_value())
    except psycopg.ProgrammingError:
        raise ValueError("is no address that PostgreSQL understands") from None
    return url


def _key(key: SecretStr) -> SecretStr:
    try:
        keys.decode(key.get_secret_value())
    except ValueError as error:
        raise ValueError(f"{error}: `openssl rand -base64 32` makes one") from error
    return key


def _servers(servers: str) -> str:
    for server in servers.split(","):
        host, _, port = server.strip().rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError("lists servers as host:port, with commas between them")
    return servers


def _place(address: str) -> str:
    if "://" in address and re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^?#]*)?", address) is None:
        raise ValueError("is a folder, or s3:// with a bucket and perhaps a prefix")
    return address


def _web_address(address: str) -> str:
    if re.fullmatch(r"https?://[A-Za-z0-9.\[\]:-]+(/[^?# ]*)?", address) is None:
        raise ValueError("begins with https:// or http://, and ends before any ? or #")
    return address


MAIL_SERVER = "is written as smtp://user:password@host:587, or with smtps://"


def _mail_server(url: SecretStr) -> SecretStr:
    try:
        parts = urlsplit(url.get_secret_value())
        whole = parts.scheme in {"smtp", "smtps"} and parts.hostname and parts.port != 0
    except ValueError:  # its text holds a part of the address
        raise ValueError(MAIL_SERVER) from None
    if not whole or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(MAIL_SERVER)
    if (parts.username is None) != (parts.password is None):
        raise ValueError("names a user and a password, or neither")
    return url


def _mailbox(written: str) -> str:
    _, address = parseaddr(written)
    if re.fullmatch(r"[^@\s]+@[^@\s]+", address) is None or not written.isprintable():
        raise ValueError("is an address, or a name with it, as: Mentoring <mentoring@example.org>")
    return written


def _exact_key(key: SecretStr) -> SecretStr:
    if len(keys.decode(_key(key).get_secret_value())) != keys.KEY_BYTES:
        raise ValueError(f"has more than {keys.KEY_BYTES} bytes")
    return key


Key = Annotated[SecretStr, AfterValidator(_key)]
Kek = Annotated[SecretStr, AfterValidator(_exact_key)]
OlderKeys = Annotated[tuple[Key, ...], NoDecode]
Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    mode: Literal["embedded", "production"] = Field(
        "embedded",
        description="embedded makes its own keys and runs what is not given; production refuses both.",
    )
    organisation: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")] = Field(
        "chiron", description="The schema in PostgreSQL that holds this organisation."
    )
    data_folder: Path = Field(
        Path(".chiron"), description="Where the embedded default keeps data, keys and logs."
    )
    database_url: Annotated[SecretStr, AfterValidator(_postgresql)] | None = Field(
        None, description="PostgreSQL 18, as the owner of the schema. Empty: one is started here."
    )
    kafka_bootstrap_servers: Annotated[str, AfterValidator(_servers)] | None = Field(
        None, description="Kafka, as host:port,host:port. Empty: a broker that keeps nothing is started here."
    )
    kafka_topic: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,200}$")] | None = Field(
        None, description="The topic that all events leave by. Empty: the organisation's name and .events."
    )
    kafka_partitions: Annotated[int, Field(ge=1, le=1000)] = Field(
        6, description="How many partitions the topic has; to change it later means another topic."
    )
    kafka_replication: Annotated[int, Field(ge=1, le=9)] = Field(
        1, description="On how many brokers each message is kept: 3 in production."
    )
    kafka_retention_days: Annotated[int, Field(ge=1, le=36_500)] | None = Field(
        None, description="How long the topic keeps messages. Empty: for good."
    )
    kafka_compacted: bool = Field(
        False, description="Keep only the last message of each relationship, for consumers of the newest."
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How the brokers are spoken to."
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="With SASL: how the password is proved."
    )
    kafka_username: str | None = Field(None, description="With SASL: who we are to the brokers.")
    kafka_password: SecretStr | None = Field(None, description="With SASL: its password.")
    kafka_ca_file: Path | None = Field(
        None, description="With SSL: the certificates to trust. Empty: those of the system."
    )
    blobs: Annotated[str, AfterValidator(_place)] | None = Field(
        None,
        description="Where documents are kept: a folder that API and workers share, or s3://bucket/prefix."
        " Empty: beside the embedded data.",
    )
    lake: Annotated[str, AfterValidator(_place)] | None = Field(
        None,
        description="Where every event is kept as Parquet: a folder, or s3://bucket/prefix. Empty: nowhere.",
    )
    lake_minutes: Annotated[int, Field(ge=1, le=1440)] = Field(
        5, description="How long an event waits at most until it stands in the lake."
    )
    lrs_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
        None, description="A learning record store (xAPI 1.0.3), up to and without /statements. Empty: none."
    )
    lrs_username: str | None = Field(None, description="Who we are to the learning record store.")
    lrs_password: SecretStr | None = Field(None, description="Its password.")
    lrs_home_page: Annotated[str, AfterValidator(_web_address)] | None = Field(
        None, description="The address that people's accounts are named under there. Never change it."
    )
    public_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
        None, description="Where people reach the client and the API: links in mails begin with it."
    )
    mail_url: Annotated[SecretStr, AfterValidator(_mail_server)] | None = Field(
        None, description="A mail server: smtp://user:password@host:587, or smtps://. Empty: no mail."
    )
    mail_from: Annotated[str, AfterValidator(_mailbox)] | None = Field(
        None, description="From whom mails come: an address, or a name with it in angle brackets."
    )
    mail_ca_file: Path | None = Field(
        None, description="The certificates to trust the mail server by. Empty: those of the system."
    )
    mail_days: Annotated[int, Field(ge=1, le=30)] = Field(
        3, description="What people were told longer ago is not mailed any more."
    )
    webhooks_allow_private: bool = Field(
        False, description="Let webhooks have addresses of the house itself, and such as begin with http://."
    )
    broker_port: Port = Field(
        9092, description="Where the broker that is started here listens, on 127.0.0.1."
    )
    host: str = Field("127.0.0.1", min_length=1, description="The address the API listens on.")
    port: Port = Field(8000, description="The port the API listens on.")
    metrics_port: Port | None = Field(
        None, description="Where workers tell Prometheus how far all is behind: /metrics. Empty: nowhere."
    )
    token_key: Key | None = Field(
        None, description="Signs bearer tokens (HS256): base64 of 32 bytes or more."
    )
    older_token_keys: OlderKeys = Field(
        (), description="Former values of CHIRON_TOKEN_KEY, with commas between: their tokens stay good."
    )
    token_hours: Annotated[int, Field(ge=1, le=8760)] = Field(
        24, description="How long a token from `chiron token` is good for."
    )
    kek: Kek | None = Field(
        None,
        description="Encrypts the keys of personal data: base64 of 32 bytes. Lost, the data is lost.",
    )
    older_keks: Annotated[tuple[Kek, ...], NoDecode] = Field(
        (),
        description="Former values of CHIRON_KEK, newest first. The oldest stays: ids derive from it.",
    )
    cursor_key: Key | None = Field(
        None, description="Authenticates page cursors: base64 of 32 bytes or more."
    )
    graphiql: bool | None = Field(
        None, description="Serve GraphiQL at /graphql. Empty: only in embedded mode."
    )
    introspection: bool | None = Field(
        None, description="Answer introspection. Empty: only in embedded mode."
    )
    trusted_documents: Literal["off", "prefer", "only"] = Field(
        "off",
        description="Whether clients may, or must, name documents of the manifest instead of sending text.",
    )
    trusted_documents_file: Path | None = Field(
        None, description="The manifest: JSON, SHA-256 of a document to its text."
    )
    database_connections: Annotated[int, Field(ge=2, le=500)] = Field(
        10, description="How many connections an API process may hold for reading."
    )
    limit_seconds: Annotated[float, Field(gt=0, le=600)] = Field(
        10.0, description="After this long a request is ended with a coded error."
    )
    limit_body_bytes: Annotated[int, Field(ge=1024, le=67_108_864)] = Field(
        262_144, description="The largest request body that is read."
    )
    limit_cost: Annotated[int, Field(ge=100, le=10_000_000)] = Field(
        10_000,
        description="The most a document may ask for: its fields, times the items of their lists.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least that is logged."
    )
    log_requests: bool = Field(False, description="Log every request: its operation, status and duration.")
    log_format: Literal["console", "json"] = Field(
        "console", description="json is one object a line, for collectors."
    )

    @field_validator("older_keks", "older_token_keys", mode="before")
    @classmethod
    def _split(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        return tuple(part.strip() for part in given.split(",") if part.strip())

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.trusted_documents != "off" and self.trusted_documents_file is None:
            raise ValueError("CHIRON_TRUSTED_DOCUMENTS needs the manifest in CHIRON_TRUSTED_DOCUMENTS_FILE.")
        if self.kafka_security_protocol.startswith("SASL"):
            absent = [env_name(n) for n in ("kafka_username", "kafka_password") if getattr(self, n) is None]
            if absent:
                raise ValueError(f"CHIRON_KAFKA_SECURITY_PROTOCOL with SASL needs {' and '.join(absent)}.")
        for name, needed in NEEDS.items():
            absent = [env_name(other) for other in needed if getattr(self, other) is None]
            if getattr(self, name) and absent:
                raise ValueError(f"{env_name(name)} needs {' and '.join(absent)}.")
        if self.mode == "production":
            missing = [env_name(name) for name in REQUIRED_IN_PRODUCTION if getattr(self, name) is None]
            if missing:
                raise ValueError(
                    f"Production mode needs {', '.join(missing)}: it uses nothing that was made by itself."
                )
        return self

    @property
    def embedded(self) -> bool:
        return self.mode == "embedded"

    @property
    def serves_graphiql(self) -> bool:
        return self.embedded if self.graphiql is None else self.graphiql

    @property
    def answers_introspection(self) -> bool:
        return self.embedded if self.introspection is None else self.introspection


MADE_WHEN_EMBEDDED = ("token_key", "kek", "cursor_key")
REQUIRED_IN_PRODUCTION = ("database_url", "kafka_bootstrap_servers", "blobs", *MADE_WHEN_EMBEDDED)
NEEDS = {
    "lrs_url": ("lrs_username", "lrs_password", "lrs_home_page"),
    "mail_url": ("mail_from", "public_url"),
}
SECRETS = frozenset({
    "database_url", "kafka_password", "lrs_password", "mail_url", "token_key", "older_token_keys", "kek",
    "older_keks", "cursor_key",
})  # fmt: skip


def env_name(field: str) -> str:
    return PREFIX + field.upper()


def load() -> Settings:
    """Raises SettingsInvalid; a misspelt name is a fault too, because it would silently do nothing."""
    faults = _unknown_names({**_env_file(), **os.environ})
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsInvalid(faults + [_fault(dict(fault)) for fault in error.errors()]) from None
    if faults:
        raise SettingsInvalid(faults)
    return settings


def source(settings: Settings, field: str) -> str:
    """Where the value in force comes from."""
    if os.environ.get(env_name(field)):
        return "environment"
    if _env_file().get(env_name(field)):
        return str(ENV_FILE)
    return str(keys.folder(settings.data_folder)) if field in MADE_WHEN_EMBEDDED else "default"


def shown(settings: Settings, field: str) -> str:
    """The value as it may be printed: of a secret only that there is one."""
    value = getattr(settings, field)
    if value is None and field in MADE_WHEN_EMBEDDED:
        return "(hidden)" if (keys.folder(settings.data_folder) / field).exists() else "(made on first start)"
    if value is None or value == ():
        return ""
    return "(hidden)" if field in SECRETS else str(value)


def _env_file() -> Mapping[str, str | None]:
    try:
        return dotenv_values(ENV_FILE)
    except (OSError, UnicodeDecodeError) as error:
        sentence = f"The file {ENV_FILE} cannot be read ({type(error).__name__}): correct it or remove it."
        raise SettingsInvalid([("ENV_FILE_UNREADABLE", sentence)]) from None


def _unknown_names(given: Mapping[str, str | None]) -> list[tuple[str, str]]:
    known = [env_name(field) for field in Settings.model_fields]
    faults = []
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}?" if close else "`chiron settings` lists all."
            faults.append(("SETTING_UNKNOWN", f"There is no setting {name}: {hint}"))
    return faults


def _fault(fault: dict[str, Any]) -> tuple[str, str]:
    """pydantic's words, made into a sentence that names the setting."""
    reason = re.sub(r"^Value error, ", "", str(fault["msg"]))
    if not fault["loc"]:
        return ("SETTINGS_DISAGREE", reason)
    return (
        "SETTING_INVALID",
        f"{env_name(str(fault['loc'][0]))} is not valid: {reason[0].lower()}{reason[1:]}.",
    )
