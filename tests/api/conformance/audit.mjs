// The GraphQL over HTTP audits of the graphql-http package, against a server that asks for a bearer token.
import { serverAudits } from "graphql-http";

const [url, authorization] = process.argv.slice(2);

const audits = serverAudits({
  url,
  fetchFn: (target, init = {}) =>
    fetch(target, { ...init, headers: { ...init.headers, authorization } }),
});
const results = [];
for (const audit of audits) {
  const { id, name, status, reason } = await audit.fn();
  results.push({ id, name, status, reason });
}
console.log(JSON.stringify(results));
