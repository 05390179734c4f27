// Shows what may be the same organisation while a new one is typed.
//   <form data-duplicates="address of the suggestions"> … <div data-part="duplicates" hidden>
//     <p role="status"></p><ul></ul> …

const PAUSE = 300;
const SHORTEST = 3;
// Field of the form: parameter of the address
const TRAITS = {
  name: "q",
  website: "website",
  email: "email",
  register_court: "register_court",
  register_number: "register_number",
  phones: "phone",
};

function watch(form) {
  const part = form.querySelector("[data-part=duplicates]");
  const list = part.querySelector("ul");
  const tick = part.querySelector("input[type=checkbox]");
  let waiting = 0;
  let request = null;
  let shown = "";

  function draw(found) {
    list.replaceChildren(...found.map((item) => {
      const entry = document.createElement("li");
      const main = document.createElement("div");
      main.className = "entry__main";
      const link = document.createElement("a");
      link.href = item.url;
      // What was typed stays here
      link.target = "_blank";
      link.rel = "noopener";
      const hint = document.createElement("span");
      hint.className = "kern-sr-only";
      hint.textContent = ` ${form.dataset.opens}`;
      link.append(item.name, hint);
      const detail = document.createElement("span");
      detail.className = "entry__meta";
      detail.textContent = `${item.detail} · ${item.reason}`;
      main.append(link, detail);
      entry.append(main);
      return entry;
    }));
    const ids = found.map((item) => item.id).join(" ");
    // A tick was given for what was shown then
    if (ids !== shown) tick.checked = false;
    shown = ids;
    part.hidden = found.length === 0;
  }

  async function look() {
    request?.abort();
    const url = new URL(form.dataset.duplicates, location.href);
    url.searchParams.set("duplicates", "1");
    for (const [field, parameter] of Object.entries(TRAITS)) {
      const typed = form.elements[field]?.value.trim().slice(0, 300);
      if (typed) url.searchParams.set(parameter, typed);
    }
    const { searchParams: typed } = url;
    if ((typed.get("q") ?? "").length < SHORTEST && typed.size <= 2) {
      draw([]);
      return;
    }
    request = new AbortController();
    const { signal } = request;
    try {
      const answer = await fetch(url, { signal, headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return;
      const found = await answer.json();
      if (!signal.aborted) draw(found);
    } catch {
      // Without a network the server says it when the form is sent
    }
  }

  form.addEventListener("input", (event) => {
    if (!(event.target.name in TRAITS)) return;
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  });
}

for (const form of document.querySelectorAll("form[data-duplicates]")) watch(form);
