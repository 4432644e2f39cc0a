// Calls to the service. Every call throws a Problem where it does not succeed.

/** An error as the service reports it (RFC 9457), or one made up where there was no answer. */
export class Problem extends Error {
  constructor({ title = "Request failed", status = 0, detail = "", errors = [] }) {
    super(detail ? `${title}: ${detail}` : title);
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
  }
}

/** Told "unauthorized" when a call needs a token, but for calls about the session itself. */
export const calls = new EventTarget();

const sessionPath = "/v1/session";

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch (cause) {
    if (cause.name === "AbortError") throw cause;
    throw new Problem({ title: "The server cannot be reached" });
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function problemOf(response) {
  const fallback = { title: `${response.status} ${response.statusText}`.trim() };
  const body = await response.json().catch(() => ({}));
  const isAboutSession = new URL(response.url).pathname === sessionPath;
  if (response.status === 401 && !isAboutSession) calls.dispatchEvent(new Event("unauthorized"));
  return new Problem({ ...fallback, ...body, status: response.status });
}

const policyPath = (name) => `/v1/policies/${encodeURIComponent(name)}`;

export async function listPolicies() {
  const response = await call("/v1/policies", { headers: { Accept: "application/json" } });
  return (await response.json()).policies;
}

/** Sends a document as it is; answers the new policy's status. */
export async function addPolicy(document) {
  const headers = { "Content-Type": "application/yaml", "Accept": "application/json" };
  const response = await call("/v1/policies", { method: "POST", headers, body: document });
  return response.json();
}

export async function deletePolicy(name) {
  await call(policyPath(name), { method: "DELETE" });
}

/**
 * Changes how a policy works: `{ enabled }` has it report or be silent, `{ mode }` has it "enforce" its
 * actions or "monitor" them; with an `etag` only while its document is that one.
 */
export async function changePolicy(name, settings, etag) {
  const headers = { "Content-Type": "application/merge-patch+json" };
  if (etag) headers["If-Match"] = etag;
  await call(policyPath(name), { method: "PATCH", headers, body: JSON.stringify(settings) });
}

/** The document as it was uploaded. */
export async function policyDocument(name) {
  const response = await call(policyPath(name), { headers: { Accept: "application/yaml" } });
  return response.text();
}

/** The processes that run, each with those below it; at most so many. */
export async function processTree(limit) {
  return (await call(`/v1/processes?view=tree&limit=${limit}`)).json();
}

/** A process with what is above it and below it. */
export async function processFamily(execId) {
  return (await call(`/v1/processes/${encodeURIComponent(execId)}`)).json();
}

/** Exchanges a token for a cookie, which the browser sends from then on; answers whose it is. */
export async function beginSession(token) {
  const headers = { Authorization: `Bearer ${token}` };
  return (await call(sessionPath, { method: "POST", headers })).json();
}

export async function endSession() {
  await call(sessionPath, { method: "DELETE" });
}

/** Who is signed in: { name, scope, session }; no session where the service has no tokens. */
export async function whoCalls() {
  return (await call(sessionPath)).json();
}

/** A file of the viewer, such as an example policy. */
export async function asset(path) {
  return (await call(path)).text();
}

/** Asks once more for a stream that an EventSource was refused, to learn why. */
export async function explainRefusal(url) {
  const abort = new AbortController();
  try {
    const response = await fetch(url, {
      cache: "no-store", headers: { Accept: "text/event-stream" }, signal: abort.signal,
    });
    if (response.ok) return { reason: "the stream was refused, but is served again" };
    const problem = await problemOf(response);
    const retryAfter = Number(response.headers.get("Retry-After")) || 0;
    return { reason: `${problem.status}: ${problem.message}`, retryAfter };
  } catch {
    return { reason: "the server cannot be reached" };
  } finally {
    abort.abort(); // an accepted stream never ends by itself
  }
}
