// Buttons that copy the content of a field: <button data-copy="id of the field" data-copied="Said" hidden>

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const label = button.querySelector(".kern-label");
  const status = document.querySelector("[data-copy-status]");
  const before = label.textContent;
  button.hidden = false;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // No clipboard without TLS or against the person's will: then by the keys of the browser
      field.focus();
      return;
    }
    label.textContent = status.textContent = button.dataset.copied;
    setTimeout(() => {
      label.textContent = before;
      status.textContent = "";
    }, 3000);
  });
}
