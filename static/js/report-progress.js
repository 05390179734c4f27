// Keeps a page about work in the making up to date until the work is done; then shows the result.
//   <div data-progress="3"> <p role="status">…</p> <progress> … </div>   (asks every 3 seconds)

import { nodesFrom, request } from "./fragment.js";

const part = document.querySelector("[data-progress]");

async function look() {
  try {
    const answer = await request(location.href);
    const anew = nodesFrom(await answer.text()).querySelector("[data-progress]");
    if (!anew) {
      location.reload();
      return;
    }
    const [label, bar] = [part.querySelector("[role=status]"), part.querySelector("progress")];
    const said = anew.querySelector("[role=status]").textContent;
    if (label.textContent !== said) label.textContent = said;
    bar.max = anew.querySelector("progress").max;
    bar.value = anew.querySelector("progress").value;
  } catch {
    // Without a network the next look tells more; the link on the page stays
  }
  wait();
}

function wait() {
  setTimeout(look, 1000 * Number(part.dataset.progress));
}

if (part) wait();
