// The agency's identity provider of the tests: the package oidc-provider with TLS on loopback. Who signs in, and how, is set at /test/….
//
// One line of JSON on stdin: {key, certificate, client, path, keys}. It prints {"port"} and ends with stdin.

import { createServer } from "node:https";
import { createInterface } from "node:readline";

import Provider, { interactionPolicy } from "oidc-provider";

const setup = JSON.parse(await new Promise((read) => createInterface({ input: process.stdin }).once("line", read)));
process.stdin.on("end", () => process.exit(0)).resume();

/** What the next sign-in is: `person` signs in so, with `error` the provider sends the person back with that word. */
const next = { person: { sub: "person-1", acr: "urn:example:two", amr: ["pwd", "otp"], claims: {} }, error: "" };
const people = new Map();
let provider;
let asked = {};

const policy = interactionPolicy.base();
policy.get("consent").checks.remove("native_client_prompt");
const CLAIMS = { openid: ["sub", "groups", "site", "acr", "amr", "auth_time"] };

function made(issuer, keys) {
  const client = {
    client_id: setup.client,
    application_type: "native",
    token_endpoint_auth_method: "none",
    redirect_uris: [`http://127.0.0.1${setup.path}`],
    grant_types: ["authorization_code"],
    response_types: ["code"],
    id_token_signed_response_alg: keys[0].alg,
  };
  return new Provider(issuer, {
    clients: [client],
    jwks: { keys },
    acrValues: ["urn:example:one", "urn:example:two"],
    claims: CLAIMS,
    conformIdTokenClaims: false,
    cookies: { keys: ["a key that only tests use"] },
    enabledJWA: { idTokenSigningAlgValues: ["RS256", "PS256", "ES256", "EdDSA"] },
    features: { devInteractions: { enabled: false } },
    interactions: { policy, url: (_, interaction) => `/interaction/${interaction.uid}` },
    ttl: { Interaction: 600, Session: 600, Grant: 600, IdToken: 300, AccessToken: 300, AuthorizationCode: 60 },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people.get(sub) }) }),
    loadExistingGrant: granted,
    renderError: (ctx, out) => void (ctx.body = `<!doctype html><title>error</title><p>${out.error}`),
  });
}

/** Nobody is asked for consent: the agency's own program needs none. */
async function granted(ctx) {
  const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
  grant.addOIDCScope("openid");
  await grant.save();
  return grant;
}

async function finished(request, response) {
  if (next.error) return provider.interactionFinished(request, response, { error: next.error });
  const { sub, acr, amr, claims, ts } = next.person;
  people.set(sub, claims);
  return provider.interactionFinished(request, response, { login: { accountId: sub, acr, amr, ts } });
}

/** The provider's own page: what a person would fill in stands there already. */
function page(request, response) {
  const body = `<!doctype html><html lang="de"><title>Anmeldung</title><form method="post"><button>Anmelden</button></form></html>`;
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(body);
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString() || "{}");
}

async function told(request, response) {
  const what = await body(request);
  if (request.url === "/test/next") Object.assign(next, what);
  else if (request.url === "/test/keys") provider = made(issuer, what.keys);
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ asked }));
}

function count(url) {
  const path = new URL(url, issuer).pathname.replace(/^\/(interaction|auth)\/.*/, "/$1");
  asked[path] = (asked[path] ?? 0) + 1;
}

const server = createServer({ key: setup.key, cert: setup.certificate }, (request, response) => {
  if (request.url.startsWith("/test/")) return void told(request, response);
  count(request.url);
  if (!request.url.startsWith("/interaction/")) return void provider.callback()(request, response);
  return void (request.method === "POST" ? finished(request, response) : page(request, response));
});
server.listen(0, "127.0.0.1");
await new Promise((ready) => server.once("listening", ready));
const issuer = `https://localhost:${server.address().port}`;
provider = made(issuer, setup.keys);
console.log(JSON.stringify({ port: server.address().port }));
