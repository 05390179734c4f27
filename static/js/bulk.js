// Several rows at once: "all on this page" ticks every row, and the bar says how many are ticked.
// Without this, the box of the bar is sent and means the same.

const form = document.querySelector("[data-bulk]");

if (form) {
  const all = form.querySelector("[data-bulk-all]");
  const count = form.querySelector("[data-bulk-count]");
  const boxes = [...document.querySelectorAll(`input[type=checkbox][form=${form.id}]`)];

  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    const { none, one, many } = count.dataset;
    count.textContent = ticked === 0 ? none : ticked === 1 ? one : many.replace("{count}", ticked);
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    form.classList.toggle("is-used", ticked > 0);
  };

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  for (const box of boxes) box.addEventListener("change", tell);
  // The browser restores ticks when one comes back
  window.addEventListener("pageshow", tell);
  tell();
}
