// The graphql-ws package's own client: a query, a refused document, a subscription that is resumed after a cut.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, authorization, backlog] = process.argv.slice(2);
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { authorization },
  retryAttempts: 0,
});

const query = [];
for await (const result of client.iterate({ query: "{ __typename }" })) query.push(result);

let refused;
try {
  for await (const _ of client.iterate({ query: "{ nobody }" })) throw new Error("unreachable");
} catch (errors) {
  refused = errors.map((error) => error.extensions.code);
}

async function take(count, after) {
  const taken = [];
  const events = client.iterate({
    query: "subscription ($after: String) { events(after: $after) { position name } }",
    variables: { after },
  });
  for await (const { data } of events) {
    taken.push(data.events.position);
    if (taken.length === count) break;
  }
  return taken;
}

const half = Math.floor(Number(backlog) / 2);
const first = await take(half, "0");
const second = await take(Number(backlog) - half, first.at(-1));
await client.dispose();

const stranger = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
let closed;
try {
  for await (const _ of stranger.iterate({ query: "{ __typename }" })) throw new Error("unreachable");
} catch (event) {
  closed = event.code;
}
console.log(JSON.stringify({ query, refused, positions: [...first, ...second], closed }));
