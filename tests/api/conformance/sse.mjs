// The graphql-sse package's own client in distinct connections mode.
import { createClient } from "graphql-sse";

const [url, authorization, backlog] = process.argv.slice(2);
const client = createClient({ url, headers: { authorization }, retryAttempts: 0 });

const query = [];
for await (const result of client.iterate({ query: "{ __typename }" })) query.push(result);

const refused = [];
for await (const { errors } of client.iterate({ query: "{ nobody }" }))
  refused.push(...errors.map((error) => error.extensions.code));

const positions = [];
const events = client.iterate({ query: 'subscription { events(after: "0") { position name } }' });
for await (const { data } of events) {
  positions.push(data.events.position);
  if (positions.length === Number(backlog)) break;
}
client.dispose();
console.log(JSON.stringify({ query, refused, positions }));
