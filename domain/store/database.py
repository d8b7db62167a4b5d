"""Where one organisation's data lives: a schema of a PostgreSQL database, and a role that may only append."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

PARTITION_SIZE = 10_000_000
PARTITION_SIZE_FUNCTION = sql.SQL(
    "CREATE FUNCTION partition_size() RETURNS bigint LANGUAGE sql IMMUTABLE RETURN {}::bigint"
)
INSTALL_LOCK = 7_403_001
ALIVE = {
    "connect_timeout": "10",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
"""Unless the URL says otherwise: of a machine that has gone without a word TCP tells after hours, and until
then the one connection that appends would hold everybody up.
"""


@dataclass(frozen=True, slots=True)
class Database:
    """`url` logs in as the owner (or as a member of `app_role`); connections act as `app_role`."""

    url: str
    schema: str = "chiron"

    @property
    def app_role(self) -> str:
        return f"{self.schema}_app"

    @property
    def name(self) -> str:
        """Of its connections, for who looks at the server."""
        return f"chiron {self.schema}"

    @property
    def shadow_schema(self) -> str:
        """Where read models are rebuilt beside the live ones."""
        return f"{self.schema}_rebuild"

    @property
    def channel(self) -> str:
        """Hints that the log has grown."""
        return f"{self.schema}_events"

    @property
    def conninfo(self) -> str:
        return self._conninfo(f"-c search_path={self.schema} -c role={self.app_role}")

    def connect(self, **settings: Any) -> psycopg.Connection:
        """An autocommit connection of the app role; raises psycopg.OperationalError."""
        return psycopg.connect(self.conninfo, autocommit=True, **settings)

    def install(self, partition_size: int = PARTITION_SIZE) -> None:
        """Create or bring up to date the schema, the role, the log and its functions. Idempotent."""
        # Unnamed, pg_temp is searched first: functions that keep this path, and act as the owner, would find
        # a caller's temporary table before the log's.
        with psycopg.connect(self._conninfo(f"-c search_path={self.schema},pg_temp")) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%(key)s::bigint)", {"key": INSTALL_LOCK})
            connection.execute("SET LOCAL client_min_messages = warning")
            self._create_schemas(connection)
            self._define_partition_size(connection, partition_size)
            connection.execute(files("domain.store").joinpath("schema.sql").read_bytes())
            connection.execute("SELECT add_partition(0::bigint)")
            self._grant(connection)

    def drop(self) -> None:
        """Remove the organisation with everything in it."""
        with psycopg.connect(self.url) as connection:
            connection.execute("SET LOCAL client_min_messages = warning")
            for schema in (self.schema, self.shadow_schema):
                connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
            if self._role_exists(connection):
                connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(self.app_role)))
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(self.app_role)))

    def _conninfo(self, options: str) -> str:
        given = conninfo_to_dict(self.url)
        wanted = {**ALIVE, "application_name": self.name}
        own = {name: value for name, value in wanted.items() if name not in given}
        before = given.get("options")
        return make_conninfo(self.url, **own, options=f"{before} {options}" if before else options)

    def _role_exists(self, connection: psycopg.Connection) -> bool:
        found = connection.execute("SELECT FROM pg_roles WHERE rolname = %(role)s", {"role": self.app_role})
        return found.rowcount > 0

    def _create_schemas(self, connection: psycopg.Connection) -> None:
        if not self._role_exists(connection):
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(self.app_role)))
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(self.app_role)))
        for schema in (self.schema, self.shadow_schema):
            names = {"schema": sql.Identifier(schema), "role": sql.Identifier(self.app_role)}
            connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {schema}").format(**names))
            connection.execute(sql.SQL("GRANT USAGE, CREATE ON SCHEMA {schema} TO {role}").format(**names))

    def _define_partition_size(self, connection: psycopg.Connection, size: int) -> None:
        """A function, so that it is inlined; the first install decides, because partitions exist by it."""
        if connection.execute("SELECT to_regproc('partition_size')").fetchone() == (None,):
            connection.execute(PARTITION_SIZE_FUNCTION.format(sql.Literal(size)))

    def _grant(self, connection: psycopg.Connection) -> None:
        connection.execute(
            sql.SQL(
                """
                REVOKE ALL ON FUNCTION append_commands, add_partition(bigint), subject_key,
                    destroy_subject_key FROM PUBLIC;
                GRANT SELECT ON events, recorded_events, quiet_commands, subject_keys TO {role};
                GRANT EXECUTE ON FUNCTION append_commands, subject_key, destroy_subject_key TO {role};
                """
            ).format(role=sql.Identifier(self.app_role))
        )
