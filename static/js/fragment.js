/* What a module fetches from this server and puts into the page: the one door for HTML. */

const policy = globalThis.trustedTypes?.createPolicy("augenhoehe", { createHTML: (html) => html });

/** Raised when the server answers with an error; `status` says which, `text` holds its answer. */
export class RequestFailed extends Error {
  constructor(status, text) {
    super(`The server answered ${status}`);
    this.status = status;
    this.text = text;
  }
}

/** Turn HTML that this server has rendered into nodes. Never call it with anything else. */
export function nodesFrom(html) {
  const template = document.createElement("template");
  template.innerHTML = policy ? policy.createHTML(html) : html;
  return template.content;
}

/** Return the token that a POST needs; every page of a signed-in person holds one. */
export function csrfToken() {
  return document.querySelector("input[name=csrf_token]")?.value ?? "";
}

/** Fetch from this server; an object as `body` is sent as JSON, FormData as a form. */
export async function request(url, { method = "GET", body, signal, keepalive = false } = {}) {
  const headers = { "X-Requested-With": "fetch" };
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  const isForm = body instanceof FormData || body instanceof URLSearchParams;
  if (body !== undefined && !isForm) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(body);
  }
  const answer = await fetch(url, { method, body, headers, signal, keepalive, credentials: "same-origin" });
  if (!answer.ok) throw new RequestFailed(answer.status, await answer.text());
  return answer;
}

/** Fetch a piece of HTML as nodes. */
export async function fetchNodes(url, options) {
  return nodesFrom(await (await request(url, options)).text());
}

/** Replace what `target` holds by a piece of HTML; a slower, older answer never wins. */
export async function replaceFrom(target, url) {
  target.fragmentRequest?.abort();
  const controller = new AbortController();
  target.fragmentRequest = controller;
  target.setAttribute("aria-busy", "true");
  try {
    target.replaceChildren(await fetchNodes(url, { signal: controller.signal }));
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  } finally {
    if (target.fragmentRequest === controller) target.removeAttribute("aria-busy");
  }
}

/** Say something to screen readers without moving the focus. */
export function announce(text) {
  let place = document.getElementById("announcement");
  if (!place) {
    place = document.createElement("div");
    place.id = "announcement";
    place.className = "kern-sr-only";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  place.textContent = "";
  setTimeout(() => { place.textContent = text; }, 50);
}
