-- The log of one organisation. Run by the owner with the organisation's schema first in search_path;
-- everything here is found by search_path, so the schema can be moved or copied whole.
--
-- The app role may create in this schema, and a function of its own that fits the arguments exactly would be
-- preferred to a polymorphic one of PostgreSQL's: those are named with pg_catalog where the owner's rights act.

CREATE TABLE IF NOT EXISTS events (
    position       bigint      NOT NULL,
    stream_id      uuid        NOT NULL,
    version        bigint      NOT NULL,
    name           text        NOT NULL,
    schema_version smallint    NOT NULL,
    state          bytea       NOT NULL,
    recorded_at    timestamptz NOT NULL,
    command_id     uuid        NOT NULL,
    actor          text        NOT NULL,
    correlation_id uuid        NOT NULL,
    cause          text        NOT NULL,
    subject_ids    uuid[]      NOT NULL,
    PRIMARY KEY (position)
) PARTITION BY RANGE (position);

-- (stream_id, version) is indexed in each partition by itself, where it can be unique: see add_partition.
CREATE INDEX IF NOT EXISTS events_command ON events (command_id);

-- A command that decided nothing leaves no event, but its repetition must still get its first receipt.
CREATE TABLE IF NOT EXISTS quiet_commands (
    command_id  uuid        PRIMARY KEY,
    stream_id   uuid        NOT NULL,
    position    bigint      NOT NULL,
    version     bigint      NOT NULL,
    recorded_at timestamptz NOT NULL
);

-- A destroyed key stays as a tombstone, so a missing key never means that a new one may be made.
CREATE TABLE IF NOT EXISTS subject_keys (
    subject_id   uuid        PRIMARY KEY,
    key_id       uuid        NOT NULL,
    wrapped      bytea,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    erasure      bigint      UNIQUE,
    destroyed_at timestamptz,
    CHECK ((wrapped IS NULL) = (erasure IS NOT NULL))
);

-- What readers select: a row of the log, and the number of the last erasure, by which they know whether the
-- keys that they have in memory still stand.
CREATE OR REPLACE VIEW recorded_events AS
SELECT position, stream_id, version, name, schema_version, state, recorded_at, command_id, actor,
       correlation_id, cause, subject_ids, (SELECT coalesce(max(erasure), 0) FROM subject_keys) AS erasure
  FROM events;

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER never_truncated BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON quiet_commands
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER never_truncated BEFORE TRUNCATE ON quiet_commands
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Partition k holds the positions k * size + 1 .. (k + 1) * size. It is made beside the parent and then
-- attached, because ATTACH, unlike CREATE ... PARTITION OF, waits for no reader.
CREATE OR REPLACE FUNCTION add_partition(k bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    partition text := pg_catalog.format('events_p%s', k);
    low bigint := k * partition_size() + 1;
    high bigint := (k + 1) * partition_size() + 1;
BEGIN
    IF to_regclass(partition) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE pg_catalog.format('CREATE TABLE %I (LIKE events INCLUDING DEFAULTS)', partition);
    EXECUTE pg_catalog.format('ALTER TABLE %I ADD CHECK (position >= %s AND position < %s)',
                              partition, low, high);
    EXECUTE pg_catalog.format('CREATE UNIQUE INDEX ON %I (stream_id, version)', partition);
    EXECUTE pg_catalog.format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                              partition, low, high);
    EXECUTE pg_catalog.format('CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %I '
                              'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', partition);
END $$;

-- One batch of commands, one call, one commit. The lock is taken before anything is read and held until the
-- commit is visible, so positions are gapless and in commit order. A command that was recorded before
-- (repeated, whatever else) or whose streams have moved on (conflicted) is left out, burns no position and
-- fails alone.
--
-- All arrays named command_* have an entry a command; touched_* an entry a stream that a command read;
-- event_* an entry an event. touched_command and event_command are 1-based indexes into command_*.
CREATE OR REPLACE FUNCTION append_commands(
    command_ids uuid[], command_actors text[], command_correlations uuid[], command_causes text[],
    command_moments timestamptz[],
    touched_command int[], touched_stream uuid[], touched_version bigint[],
    event_command int[], event_stream uuid[], event_version bigint[], event_name text[],
    event_schema smallint[], event_state bytea[], event_subjects text[], quiet int[],
    OUT head bigint, OUT recorded timestamptz, OUT repeated int[], OUT conflicted int[]
) LANGUAGE plpgsql SECURITY DEFINER
  SET search_path FROM CURRENT SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    -- The next partition is made when the last tenth is begun: one made long before would be searched in vain.
    tenth CONSTANT bigint := greatest(partition_size() / 10, 1);
    amount CONSTANT bigint := coalesce(pg_catalog.array_length(event_command, 1), 0);
    left_out int[];
BEGIN
    PERFORM pg_advisory_xact_lock(1, 'events'::regclass::oid::int);
    recorded := clock_timestamp();

    SELECT (SELECT pg_catalog.array_agg(c.n)
              FROM pg_catalog.unnest(command_ids) WITH ORDINALITY AS c (id, n)
             WHERE (SELECT true FROM events e WHERE e.command_id = c.id LIMIT 1)
                OR (SELECT true FROM quiet_commands q WHERE q.command_id = c.id)),
           (SELECT pg_catalog.array_agg(DISTINCT t.command)
              FROM unnest(touched_command, touched_stream, touched_version) AS t (command, stream, version)
             WHERE t.version <> coalesce((SELECT e.version FROM events e WHERE e.stream_id = t.stream
                                           ORDER BY e.version DESC LIMIT 1), 0)),
           coalesce((SELECT e.position FROM events e ORDER BY e.position DESC LIMIT 1), 0)
      INTO repeated, conflicted, head;

    IF head / tenth <> (head + amount) / tenth THEN
        PERFORM add_partition(k)
           FROM generate_series(head / partition_size(), (head + amount + tenth) / partition_size()) AS k;
    END IF;
    left_out := pg_catalog.array_cat(repeated, conflicted);
    IF left_out IS NOT NULL THEN
        SELECT pg_catalog.array_agg(e.command ORDER BY e.n), pg_catalog.array_agg(e.stream ORDER BY e.n),
               pg_catalog.array_agg(e.version ORDER BY e.n), pg_catalog.array_agg(e.name ORDER BY e.n),
               pg_catalog.array_agg(e.schema ORDER BY e.n), pg_catalog.array_agg(e.state ORDER BY e.n),
               pg_catalog.array_agg(e.subjects ORDER BY e.n)
          INTO event_command, event_stream, event_version, event_name, event_schema, event_state, event_subjects
          FROM unnest(event_command, event_stream, event_version, event_name, event_schema, event_state,
                      event_subjects) WITH ORDINALITY
               AS e (command, stream, version, name, schema, state, subjects, n)
         WHERE e.command <> ALL (left_out);
    END IF;
    INSERT INTO events
    SELECT head + e.n, e.stream, e.version, e.name, e.schema, e.state,
           coalesce(command_moments[e.command], recorded), command_ids[e.command], command_actors[e.command],
           command_correlations[e.command], command_causes[e.command], e.subjects::uuid[]
      FROM unnest(event_command, event_stream, event_version, event_name, event_schema, event_state,
                  event_subjects) WITH ORDINALITY
           AS e (command, stream, version, name, schema, state, subjects, n);
    IF pg_catalog.array_length(quiet, 1) > 0 THEN
        INSERT INTO quiet_commands
        SELECT command_ids[q.command], t.stream, head, t.version, recorded
          FROM pg_catalog.unnest(quiet) AS q (command)
          CROSS JOIN LATERAL (SELECT touched_stream[i] AS stream, touched_version[i] AS version
                                FROM pg_catalog.array_position(touched_command, q.command) AS i) AS t
         WHERE left_out IS NULL OR q.command <> ALL (left_out);
    END IF;
END $$;

-- The subject's key: the one that stands there already, else the offered one. NULL: destroyed.
CREATE OR REPLACE FUNCTION subject_key(subject uuid, INOUT key uuid, INOUT sealed bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO subject_keys (subject_id, key_id, wrapped) VALUES (subject, key, sealed)
    ON CONFLICT (subject_id) DO NOTHING;
    SELECT k.key_id, k.wrapped INTO key, sealed FROM subject_keys k WHERE k.subject_id = subject;
END $$;

-- Erasures are numbered in commit order, so that one number tells a reader that its cached keys still stand.
CREATE OR REPLACE FUNCTION destroy_subject_key(subject uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    next_erasure bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(1, 'subject_keys'::regclass::oid::int);
    SELECT coalesce(max(erasure), 0) + 1 INTO next_erasure FROM subject_keys;
    INSERT INTO subject_keys (subject_id, key_id, wrapped, erasure, destroyed_at)
    VALUES (subject, gen_random_uuid(), NULL, next_erasure, clock_timestamp())
    ON CONFLICT (subject_id) DO UPDATE
       SET wrapped = NULL, erasure = next_erasure, destroyed_at = clock_timestamp()
     WHERE subject_keys.wrapped IS NOT NULL;
END $$;
