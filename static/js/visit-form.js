// The visit form: what belongs to a picked organisation, more lines, quick dates, the kept draft.
// Everything here has a twin that works without JavaScript.
import { nodesFrom, request } from "./fragment.js";
import { bind } from "./keys.js";

const PAUSE = 1200; // milliseconds of rest after which the draft is kept
const AGAIN = 15_000; // milliseconds until the next try after one that failed
const KEPT_ALIVE = 60_000; // more than 64 KiB cannot outlive the page (Fetch standard)
const form = document.getElementById("visit-form");
const state = document.getElementById("draft-state");
let timer = 0;
let saving = null;
let dirty = false;
let leaving = false;

// --- what belongs to the picked organisation ---------------------------------------------------

async function loadContext() {
  const sent = new FormData(form);
  const query = new URLSearchParams({
    organisation: sent.get("organisation_id") ?? "",
    visit: sent.get("visit_id") ?? "",
    visited_on: sent.get("visited_on") ?? "",
  });
  for (const name of ["further", "contacts"]) {
    for (const value of sent.getAll(name)) query.append(name, value);
  }
  let html;
  try {
    html = await (await request(`${form.dataset.context}?${query}`)).text();
  } catch (failure) {
    // The column and the contacts are a help: without them the visit can be written all the same
    if (failure.status) state.textContent = form.dataset.expired;
    return;
  }
  const parts = nodesFrom(html);
  for (const name of ["contacts", "around"]) {
    const found = parts.querySelector(`[data-part="${name}"]`);
    if (found) form.querySelector(`[data-part="${name}"]`).replaceWith(found);
  }
  const options = parts.querySelector('[data-part="concerns"]');
  for (const select of form.querySelectorAll("select[data-concerns]")) {
    const chosen = select.value;
    select.replaceChildren(...[...options.children].map((option) => option.cloneNode(true)));
    select.value = [...select.options].some((option) => option.value === chosen) ? chosen : "";
  }
}

form.addEventListener("combobox:pick", (event) => {
  const box = event.target.closest("[data-combobox]");
  if (box?.querySelector('[name="further_text"]')) {
    addFurther(event.detail);
  } else {
    form.querySelector("#new_organisation").checked = false;
  }
  loadContext();
});

form.addEventListener("combobox:create", () => {
  const create = form.querySelector("#new_organisation");
  create.checked = true;
  create.dispatchEvent(new Event("input", { bubbles: true }));
  form.querySelector("#new_municipality").focus();
});

function addFurther({ id, name }) {
  const box = form.querySelector('[data-part="further"]');
  form.querySelector('[name="further_text"]').value = "";
  if (box.querySelector(`[value="${CSS.escape(id)}"]`)) return;
  const chip = document.createElement("label");
  chip.className = "chip";
  const input = document.createElement("input");
  Object.assign(input, { type: "checkbox", name: "further", value: id, checked: true });
  const text = document.createElement("span");
  text.textContent = name;
  chip.append(input, text);
  box.append(chip);
}

// --- lines -------------------------------------------------------------------------------------

function addLine(button) {
  const box = button.closest("[data-lines]");
  const kind = button.dataset.add;
  const taken = [...box.querySelectorAll("[data-line] [name]")].map((field) =>
    Number(field.name.slice(box.dataset.lines.length + 1).split("-")[0]),
  );
  const number = Math.max(-1, ...taken) + 1;
  const line = document.getElementById(`new-${kind}`).content.firstElementChild.cloneNode(true);
  for (const part of line.querySelectorAll("[id], [name], [for], [aria-describedby]")) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      const value = part.getAttribute(name);
      if (value === null) continue;
      part.setAttribute(
        name,
        value.replace("__lines__", box.dataset.lines).replace("__line__", String(number)),
      );
    }
  }
  button.closest(".row").before(line);
  showQuickDates(line);
  line.querySelector("input").focus();
}

function showQuickDates(root) {
  for (const quick of root.querySelectorAll("[data-quick]")) quick.hidden = false;
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.add) {
    event.preventDefault();
    addLine(button);
  } else if (button.dataset.day) {
    const due = button.closest("[data-line]").querySelector("[data-due]");
    due.value = button.dataset.day;
    due.dispatchEvent(new Event("input", { bubbles: true }));
  } else if ("remove" in button.dataset) {
    const box = button.closest("[data-lines]");
    button.closest("[data-line]").remove();
    box.querySelector("[data-add]").focus();
    keepSoon();
  }
});

// Who opens this wants to write somebody down
form.addEventListener(
  "toggle",
  (event) => {
    const add = event.target.querySelector?.("[data-add=contact]");
    const isEmpty = !event.target.querySelector?.("[data-line]");
    if (add && event.target.open && isEmpty) addLine(add);
  },
  true, // a toggle does not bubble
);

// --- choices that suggest others -----------------------------------------------------------------

form.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("[data-concern]")) field.dataset.decided = "yes";
  if (field.name?.endsWith("-flag")) {
    const concern = field.closest("fieldset.topic__panel").querySelector("[data-concern]");
    if (concern && !concern.dataset.decided) concern.checked = field.value === "urgent";
  }
  if (["further", "visited_on"].includes(field.name)) loadContext();
});

// --- keys ------------------------------------------------------------------------------------------

bind({ "Control+Enter": () => form.querySelector("[data-primary]").click() }, form);

form.addEventListener("keydown", (event) => {
  const isLine = event.target.matches("input:not([type=checkbox], [type=radio])");
  // A line ends here, not the visit
  if (event.key === "Enter" && isLine && !event.isComposing) event.preventDefault();
});

// --- the draft -------------------------------------------------------------------------------------

function keepSoon() {
  dirty = true;
  keepAfter(PAUSE);
}

function keepAfter(pause) {
  clearTimeout(timer);
  if (!leaving) timer = setTimeout(keep, pause);
}

async function keep() {
  clearTimeout(timer);
  if (saving) {
    await saving;
  }
  if (!dirty || leaving) return;
  dirty = false;
  saving = send();
  await saving;
  saving = null;
}

async function keepOnServer(body) {
  const answer = await fetch(form.action, {
    method: "POST",
    body,
    headers: { Accept: "application/json" },
    keepalive: body.toString().length < KEPT_ALIVE,
  });
  if (!answer.ok) {
    const failure = new Error(String(answer.status));
    failure.sentence = await sentenceOf(answer);
    throw failure;
  }
  return answer.json();
}

// What to tell of an answer that is not to be tried again; empty for one that is
async function sentenceOf(answer) {
  if (answer.status === 409) {
    const { error } = await answer.json().catch(() => ({}));
    return [error, form.dataset.conflict].filter(Boolean).join(" ");
  }
  return answer.status < 500 ? form.dataset.expired : "";
}

async function send() {
  const body = new FormData(form);
  body.set("intent", "draft");
  state.textContent = form.dataset.saving;
  try {
    const kept = await keepOnServer(new URLSearchParams(body));
    form.elements.version.value = kept.version;
    if (kept.url) showDraft(kept.url);
    const time = new Intl.DateTimeFormat(document.documentElement.lang, {
      timeStyle: "short",
      hourCycle: "h23", // as everywhere on the pages, in English too
      timeZone: "Europe/Berlin",
    });
    state.textContent = form.dataset.saved.replace("{time}", time.format(new Date(kept.saved_at)));
  } catch (failure) {
    dirty = true;
    state.textContent = failure.sentence || form.dataset.unsaved;
    if (!failure.sentence) keepAfter(AGAIN);
  }
}

// A reload leads back to the draft, which can be thrown away from now on
function showDraft(url) {
  if (location.pathname !== url) history.replaceState(null, "", url);
  form.querySelector("[data-discard]").hidden = false;
}

form.addEventListener("input", keepSoon);
form.addEventListener("change", keepSoon);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && dirty) keep();
});

// A draft that is being kept ends first, so that the visit is saved over its last version; the
// same button pressed twice sends the form once.
form.addEventListener("submit", async (event) => {
  if (leaving) {
    event.preventDefault();
    return;
  }
  leaving = true;
  clearTimeout(timer);
  if (saving) {
    event.preventDefault();
    const button = event.submitter;
    await saving;
    leaving = false;
    form.requestSubmit(button);
  }
});

window.addEventListener("pageshow", () => {
  leaving = false;
});

state.textContent = state.dataset.keeps;
showQuickDates(form);
