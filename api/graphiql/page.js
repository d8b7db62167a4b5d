"use strict";

// Every operation goes out as one request; a subscription's answer is read as server-sent events.

const ACCEPT = "application/graphql-response+json, application/json;q=0.9, text/event-stream;q=0.8";

async function ask(params, options = {}) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { ...options.headers, accept: ACCEPT, "content-type": "application/json" },
    body: JSON.stringify(params),
  });
  const streams = (response.headers.get("content-type") ?? "").startsWith("text/event-stream");
  return streams ? results(response.body) : response.json();
}

async function* results(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (waiting + value).split("\n\n");
      waiting = events.pop();
      for (const event of events) {
        const lines = event.split("\n");
        if (lines.includes("event: complete")) return;
        const data = lines.find((line) => line.startsWith("data: "));
        if (data) yield JSON.parse(data.slice(6));
      }
    }
  } finally {
    await reader.cancel();
  }
}

// `/graphql#token=...` opens the page with a token; a fragment never leaves the browser, and is taken away at once.
const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
history.replaceState(null, "", location.pathname);

const example = `# The bearer token stands under Headers.
# After changing it, load the schema again by the button at the lower left.

{
  viewer {
    actor
    roles
  }
}
`;

const root = ReactDOM.createRoot(document.getElementById("graphiql"));
root.render(
  React.createElement(GraphiQL, {
    fetcher: ask,
    defaultQuery: example,
    headers: JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2),
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
  }),
);
