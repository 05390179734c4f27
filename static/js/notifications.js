/* Whoever opens what a notification is about has read it. Without this they press "Gelesen". */

const list = document.querySelector("[data-module=notifications]");

list?.addEventListener("click", (event) => {
  const entry = event.target.closest("a") && event.target.closest("li");
  const form = entry?.querySelector("form");
  // Sent even though the page is being left
  if (form) navigator.sendBeacon(form.action, new FormData(form));
});
