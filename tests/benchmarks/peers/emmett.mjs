// Emmett's PostgreSQL event store through its own API: appendToStream with the expected version.
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';
import { serve } from './callers.mjs';

const [url, size, text] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: Number(size) });
const store = getPostgreSQLEventStore(url, { connectionOptions: { pool } });
await store.schema.migrate();

await serve((stream, version) =>
  store.appendToStream(`note-${stream}`, [{ type: 'NoteMade', data: { text } }], {
    expectedStreamVersion: version === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(version),
  }),
);
