// Talking to the till: JSON in, JSON out, problems as errors with words of the page's language.
import { has, page, t } from "./words.js";

export class Problem extends Error {
  constructor(slug, title, status, params = {}) {
    super(title);
    Object.assign(this, { slug, status, params });
  }
}

async function call(path, options) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    throw new Problem("no_answer", t("errors.no_answer"), 0);
  }
  const data = await answer.json().catch(() => ({}));
  if (answer.ok) return data;
  const slug = (data.type || "").replace("tillbox:", "") || "unexpected";
  if (answer.status === 401 && page.lane && !location.pathname.startsWith("/login")) {
    location.assign(`/login/${encodeURIComponent(page.lane)}`);
  }
  throw new Problem(slug, words(slug, data), answer.status, data.params);
}

function words(slug, data) {
  return data.title || t(has(`errors.${slug}`) ? `errors.${slug}` : "errors.unexpected");
}

export function get(path) {
  return call(path, {});
}

export function post(path, body = {}) {
  const headers = { "Content-Type": "application/json", "X-Tillbox": "1" };
  return call(path, { method: "POST", headers, body: JSON.stringify(body) });
}

// An identifier for one press of one button: the server does the same command once, however often it arrives.
// Gives a function that runs what it is given one after the other; one that failed holds nobody up.
export function turns() {
  let queue = Promise.resolve();
  return (run) => {
    const done = queue.then(run);
    queue = done.catch(() => {});
    return done;
  };
}

export function commandId() {
  return crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].join("");
}

// Any other way to change something: method, and a key that makes the same press the same change.
export function send(method, path, body = {}, key = commandId()) {
  const headers = { "Content-Type": "application/json", "X-Tillbox": "1", "Idempotency-Key": key };
  return call(path, { method, headers, body: JSON.stringify(body) });
}

// A piece of a file.
export function sendBytes(path, bytes, key = commandId()) {
  const headers = { "Content-Type": "application/octet-stream", "X-Tillbox": "1", "Idempotency-Key": key };
  return call(path, { method: "PUT", headers, body: bytes });
}
