"""The composition root: settings in; databases, keys, stores and tokens out."""

import contextlib
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg

from api.app import Options, create_app
from api.context import open_services
from api.limits import Limits
from api.server import Server, server
from api.tokens import Tokens
from api.trusted import BadManifest, TrustedDocuments
from deploy import embedded, keys, trouble
from deploy.settings import Settings
from deploy.supervisor import Supervisor, Tell
from domain.store import Database, KeyRing, Store
from projections import catalogue, cloud_events, projection
from projections.blobs import Blobs, BlobsUnavailable
from workers import app as workers
from workers import consumer, learning_records, webhook_sender
from workers.broker import Broker, Topic
from workers.consumer import Consumer
from workers.leader import Begin
from workers.learning_records import LearningRecords
from workers.learning_sender import LearningSender, RecordStore
from workers.publisher import EventStream
from workers.webhook_sender import WebhookSender
from workers.webhooks import Webhooks


def database(settings: Settings) -> Database:
    """Raises DatabaseUnreachable where none is named: see `database_running`."""
    if settings.database_url is None:
        raise trouble.DatabaseUnreachable
    return Database(settings.database_url.get_secret_value(), settings.organisation)


def migrate(settings: Settings) -> None:
    """Bring the log and the read models' tables up to date. Idempotent."""
    target = database(settings)
    target.install()
    projection.install(target, catalogue.ALL)


def tokens(settings: Settings) -> Tokens:
    older = [keys.decode(key.get_secret_value()) for key in settings.older_token_keys]
    return Tokens(_key(settings, "token_key", losing_it_loses_data=False), *older)


def cursor_key(settings: Settings) -> bytes:
    return _key(settings, "cursor_key", losing_it_loses_data=False)


def key_ring(settings: Settings) -> KeyRing:
    older = [keys.decode(key.get_secret_value()) for key in settings.older_keks]
    return KeyRing(_key(settings, "kek", losing_it_loses_data=True), *older)


def blobs(settings: Settings) -> Blobs:
    """Raises BlobsUnreachable."""
    place = settings.blobs or str(settings.data_folder / "blobs")
    try:
        return Blobs.at(place, settings.organisation)
    except BlobsUnavailable as error:
        raise trouble.BlobsUnreachable(reason=error) from error


def make_keys(settings: Settings) -> None:
    """On the first start of the embedded default, before there is any data that depends on them."""
    tokens(settings)
    cursor_key(settings)
    key_ring(settings)


def _key(settings: Settings, name: str, *, losing_it_loses_data: bool) -> bytes:
    """From the settings; in embedded mode else from its own file (production settings are never without)."""
    given = getattr(settings, name)
    if given is not None:
        return keys.decode(given.get_secret_value())
    data_is_there = embedded.Postgres(settings.data_folder).exists()
    return keys.keep(
        keys.folder(settings.data_folder), name, create=not (losing_it_loses_data and data_is_there)
    )


@contextlib.contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    with Store.open(database(settings), key_ring(settings)) as store:
        yield store


def api(settings: Settings) -> Server:
    """One API process, not yet serving."""
    services = open_services(
        database(settings),
        key_ring(settings),
        cursor_key(settings),
        connections=settings.database_connections,
        statement_seconds=settings.limit_seconds,
        blobs=blobs(settings),
        private_webhooks=settings.webhooks_allow_private,
    )
    try:
        app = create_app(services, tokens(settings), _options(settings))
    except BadManifest as error:
        raise trouble.ManifestUnusable(reason=error) from error
    return server(app, host=settings.host, port=settings.port, body_bytes=settings.limit_body_bytes)


def work(settings: Settings, stop: threading.Event) -> None:
    stream = event_stream(settings) if settings.kafka_bootstrap_servers else None
    with _metrics(settings, stream):
        workers.run(
            database(settings),
            key_ring(settings),
            blobs(settings),
            stop,
            stream=stream,
            consumers=consumers(settings),
            following=lambda store: following(settings, store),
        )


def _metrics(settings: Settings, stream: EventStream | None) -> contextlib.AbstractContextManager[None]:
    if settings.metrics_port is None:
        return contextlib.nullcontext()
    from workers.metrics import Lag, served

    there = consumers(settings)
    consumer.install(database(settings), there)
    lag = Lag(database(settings), stream, [one.name for one in there])
    return served(lag, settings.host, settings.metrics_port)


def consumers(settings: Settings) -> list[Consumer]:
    """Who reads the event stream in a workers' process, as far as the settings ask for it."""
    found: list[Consumer] = []
    if settings.lake:
        from workers.lake import Lake

        found.append(Lake())
    if settings.lrs_url and settings.lrs_home_page:
        found.append(LearningRecords(settings.lrs_home_page))
    if settings.mail_url:
        from workers.mail import Mail

        found.append(Mail())
    found.append(Webhooks())
    return found


def following(settings: Settings, store: Store) -> dict[str, Begin]:
    """What is done outside PostgreSQL of what they have read. Raises LakeUnreachable and MailUnusable."""
    found: dict[str, Begin] = {}
    if settings.lake:
        found |= _lake(settings, settings.lake)
    if settings.lrs_url and settings.lrs_username and settings.lrs_password:
        secret = settings.lrs_password.get_secret_value()
        records = RecordStore(settings.lrs_url, settings.lrs_username, secret)
        found[learning_records.NAME] = lambda connection, _: LearningSender(connection, records)
    if settings.mail_url and settings.mail_from and settings.public_url:
        found |= _mail(settings, store, settings.mail_url.get_secret_value())
    source, private = cloud_events.source(settings.organisation), settings.webhooks_allow_private
    found[webhook_sender.NAME] = lambda connection, _: WebhookSender(
        connection, store, source, allow_private=private
    )
    return found


def _mail(settings: Settings, store: Store, url: str) -> dict[str, Begin]:
    from workers.mail import NAME
    from workers.mail_letter import AddressUnusable, Mailbox
    from workers.mail_sender import MailSender, Terms
    from workers.mail_server import MailServer, Place

    try:
        sender = Mailbox.parse(settings.mail_from or "")
        place = Place.parse(url, settings.mail_ca_file)
        place.client()
    except (AddressUnusable, OSError) as error:
        raise trouble.MailUnusable(reason=type(error).__name__) from error
    client, within = (settings.public_url or "").rstrip("/"), timedelta(days=settings.mail_days)
    terms = Terms(sender, client, within)
    return {NAME: lambda connection, _: MailSender(connection, store, MailServer(place), terms)}


def _lake(settings: Settings, address: str) -> dict[str, Begin]:
    from workers.lake_files import NAME, LakeFiles
    from workers.lake_place import LakeUnavailable, Place

    try:
        place = Place.at(address, settings.organisation)
    except LakeUnavailable as error:
        raise trouble.LakeUnreachable(reason=error) from error
    after = timedelta(minutes=settings.lake_minutes)
    return {NAME: lambda connection, _: LakeFiles(connection, place, after=after)}


def event_stream(settings: Settings, topic: str | None = None) -> EventStream:
    """Raises BrokerUnknown where no broker is named. `topic` is another one than the settings'."""
    if settings.kafka_bootstrap_servers is None:
        raise trouble.BrokerUnknown
    security: dict[str, Any] = {"security_protocol": settings.kafka_security_protocol}
    if settings.kafka_ca_file:
        security["ssl_cafile"] = str(settings.kafka_ca_file)
    if settings.kafka_username and settings.kafka_password:
        security |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_username,
            "sasl_plain_password": settings.kafka_password.get_secret_value(),
        }
    return EventStream(
        Broker(tuple(settings.kafka_bootstrap_servers.split(",")), security),
        Topic(
            topic or settings.kafka_topic or f"{settings.organisation}.events",
            settings.kafka_partitions,
            settings.kafka_replication,
            settings.kafka_retention_days,
            settings.kafka_compacted,
        ),
        cloud_events.source(settings.organisation),
    )


def _options(settings: Settings) -> Options:
    file = settings.trusted_documents_file
    return Options(
        limits=Limits(
            body_bytes=settings.limit_body_bytes, cost=settings.limit_cost, seconds=settings.limit_seconds
        ),
        trusted=TrustedDocuments.read(settings.trusted_documents, file) if file else TrustedDocuments(),
        introspection=settings.answers_introspection,
        graphiql=settings.serves_graphiql,
        access_log=settings.log_requests,
    )


@contextlib.contextmanager
def database_running(settings: Settings, tell: Tell) -> Iterator[Settings]:
    """Settings that name a database: the one given, the one that `chiron up` runs, or one run meanwhile."""
    if settings.database_url is not None:
        yield settings
        return
    server = embedded.Postgres(settings.data_folder)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(embedded.claim(settings.data_folder))
        except trouble.AlreadyRunning:
            server.wait()
        else:
            make_keys(settings)
            server.prepare()
            stack.enter_context(Supervisor(tell)).start(server.program())
        yield with_database(settings, server.url)


@contextlib.contextmanager
def organisation_there(settings: Settings, tell: Tell) -> Iterator[Settings]:
    """The same, for what needs an organisation to be there. Raises NotMigrated."""
    with database_running(settings, tell) as running:
        psycopg.connect(database(running).url, connect_timeout=10).close()
        try:
            with database(running).connect() as connection:
                connection.execute("SELECT FROM projections, events LIMIT 0")
        except (psycopg.OperationalError, psycopg.errors.UndefinedTable) as error:
            raise trouble.NotMigrated(organisation=running.organisation) from error
        yield running


def with_database(settings: Settings, url: str) -> Settings:
    return Settings.model_validate({**settings.model_dump(), "database_url": url})
