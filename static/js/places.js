// The organisations of a contact: what is picked in the combobox becomes a ticked row.
//   <div data-places> … <template> … </template> rows before the template </div>

const places = document.querySelector("[data-places]");

document.addEventListener("combobox:pick", (event) => {
  if (!places) return;
  const { id, name, detail } = event.detail;
  const known = [...places.querySelectorAll("input[name=organisation_ids]")].find(
    (box) => box.value === id,
  );
  const combobox = event.target;
  combobox.querySelector("input:not([type=hidden])").value = "";
  combobox.querySelector("[data-key]").value = "";
  if (known) {
    known.checked = true;
    return;
  }
  const template = places.querySelector("template");
  const row = template.content.cloneNode(true);
  for (const box of row.querySelectorAll("input")) {
    box.value = id;
    box.id = `${box.name}-${id}`;
    box.nextElementSibling.htmlFor = box.id;
  }
  row.querySelector("[data-text=name]").textContent = `${name} (${detail})`;
  row.querySelector("[data-text=about]").textContent = name;
  template.before(row);
});
