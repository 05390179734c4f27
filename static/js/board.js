/* The board: cards move by dragging, by their menu and by Alt+arrow; columns take in further cards.
   Without it, menu and "Weitere zeigen" load the page anew. The server decides every move. */

import { nodesFrom, request } from "./fragment.js";

const board = document.querySelector("[data-board]");
const status = document.querySelector("#board-status");
const CLOSED = "closed";

/** Return the list of a stage's cards. */
function listOf(stage) {
  return board.querySelector(`.board__cards[data-stage="${stage}"]`);
}

/** Put a card where it belongs: by what is due, or, closed, at the top. */
function place(card) {
  const list = listOf(card.dataset.stage);
  const order = card.dataset.order;
  const next = [...list.querySelectorAll(":scope > .card")].find(
    (other) => other !== card && (!order || other.dataset.order > order),
  );
  list.insertBefore(card, next ?? list.querySelector(":scope > :not(.card)"));
}

/** Add to the number in a column's head, where it is one. */
function count(stage, more) {
  const head = listOf(stage).closest(".board__column").querySelector(".board__count");
  if ("isMore" in head.dataset) return;
  head.dataset.count = Number(head.dataset.count) + more;
  head.textContent = Number(head.dataset.count).toLocaleString(document.documentElement.lang);
}

function tell(text) {
  const flashes = document.querySelector("#flashes");
  const flash = document.createElement("div");
  const words = document.createElement("p");
  flash.className = "flash tone-danger";
  words.textContent = text;
  flash.append(words);
  flashes.replaceChildren(flash);
}

/** Take over what the server says: the notice with its way back, and the card as it stands. */
function take(card, html) {
  const answer = nodesFrom(html);
  const from = card.dataset.stage;
  const fresh = answer.querySelector(".card");
  document.querySelector("#flashes").replaceChildren(...answer.querySelector("#flashes").children);
  if (!fresh) {
    card.remove();
    count(from, -1);
    return;
  }
  card.replaceWith(fresh);
  place(fresh);
  if (fresh.dataset.stage !== from) {
    count(from, -1);
    count(fresh.dataset.stage, 1);
  }
  (fresh.querySelector("summary") ?? fresh.querySelector("a")).focus({ preventScroll: true });
  fresh.scrollIntoView({ block: "nearest" });
}

/** Move a card to a stage; closing asks for the outcome on the concern's page first. */
async function move(card, stage) {
  if (card.ariaBusy === "true" || stage === card.dataset.stage) {
    place(card);
    return;
  }
  if (stage === CLOSED) {
    place(card);
    // The form itself asks how it ended; nothing has moved before
    const form = card.querySelector("form");
    form.requestSubmit(form.querySelector(`button[value="${CLOSED}"]`));
    return;
  }
  const form = card.querySelector("form");
  const body = new FormData(form);
  body.set("stage", stage);
  card.ariaBusy = "true";
  try {
    const answer = await request(form.action, { method: "POST", body });
    take(card, await answer.text());
  } catch (error) {
    if (error.status === 409) {
      take(card, error.text);
      return;
    }
    card.ariaBusy = null;
    place(card);
    tell(board.dataset.failed);
  }
}

/** Take further cards into a column. */
async function loadMore(link) {
  const url = new URL(link.href);
  url.searchParams.set("part", "cards");
  url.hash = "";
  status.textContent = board.dataset.loading;
  const answer = await request(url);
  const cards = nodesFrom(await answer.text());
  const row = link.closest("li");
  // Someone may have moved it here since
  for (const card of cards.querySelectorAll(".card")) document.getElementById(card.id)?.remove();
  const fresh = [...cards.querySelectorAll(".card")];
  row.replaceWith(cards);
  status.textContent = board.dataset.loaded.replace("{count}", fresh.length);
  fresh[0]?.querySelector("a").focus();
}

/** Return the stage beside that of a card, within what can be moved to. */
function beside(card, step) {
  const stages = [...board.querySelectorAll(".board__cards")].map((list) => list.dataset.stage);
  return stages[stages.indexOf(card.dataset.stage) + step];
}

if (board) {
  board.addEventListener("submit", (event) => {
    const card = event.target.closest(".card");
    if (!card || event.submitter?.name !== "stage") return;
    if (event.submitter.value === CLOSED) return;
    event.preventDefault();
    move(card, event.submitter.value);
  });

  board.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-more]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    loadMore(link).catch(() => location.assign(link.href));
  });

  board.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const card = event.target.closest(".card--movable");
    if (!step || !card || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Otherwise the browser goes back a page
    event.preventDefault();
    const stage = beside(card, step);
    if (stage && !event.repeat) move(card, stage);
  });

  for (const list of board.querySelectorAll(".board__cards")) {
    globalThis.Sortable.create(list, {
      group: "concerns",
      draggable: ".card--movable",
      filter: "details, form",
      preventOnFilter: false,
      sort: false,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      delay: 150,
      delayOnTouchOnly: true,
      ghostClass: "card--ghost",
      onAdd: (event) => move(event.item, event.to.dataset.stage),
    });
  }
}
