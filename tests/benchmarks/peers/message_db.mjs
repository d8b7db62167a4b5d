// message-db through its own API: the write_message function, prepared, with the expected version.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { serve } from './callers.mjs';

const [url, size, text] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: Number(size), options: '-c search_path=message_store,public' });
const data = JSON.stringify({ text });

await serve((stream, version) =>
  pool.query({
    name: 'write',
    text: 'SELECT write_message($1::varchar, $2::varchar, $3::varchar, $4::jsonb, NULL, $5::bigint)',
    values: [randomUUID(), `note-${stream}`, 'NoteMade', data, version - 1],
  }),
);
