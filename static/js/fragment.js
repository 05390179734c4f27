/* What a module fetches from this server and puts into the page: the one door for HTML. */

const policy = globalThis.trustedTypes?.createPolicy("augenhoehe", { createHTML: (html) => html });

/** Raised when the server answers with an error; `status` says which, `text` holds its answer. */
class RequestFailed extends Error {
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
function csrfToken() {
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
