// Quick choices of a date: a button puts its day into the field that the group names.

for (const group of document.querySelectorAll("[data-quick-dates]")) {
  const field = document.getElementById(group.dataset.quickDates);
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const button = event.target.closest("[data-day]");
    if (!button) return;
    field.value = button.dataset.day;
    field.focus();
  });
}
