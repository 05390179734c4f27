/* Menus are <details> and work without this; with it, Escape or a click elsewhere closes them. */

const MENUS = "details.menu, details.topbar__toggle";

/** The navigation stands beside its toggle, not in it. */
function holds(menu, node) {
  return menu.contains(node) || (menu.matches(".topbar__toggle") && menu.nextElementSibling?.contains(node));
}

function close(menu) {
  menu.open = false;
}

function openMenus() {
  return [...document.querySelectorAll(MENUS)].filter((menu) => menu.open);
}

document.addEventListener("click", (event) => {
  openMenus().filter((menu) => !holds(menu, event.target)).forEach(close);
});

document.addEventListener("focusin", (event) => {
  openMenus().filter((menu) => !holds(menu, event.target)).forEach(close);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  for (const menu of openMenus()) {
    const hadFocus = holds(menu, document.activeElement);
    close(menu);
    if (hadFocus) menu.querySelector("summary").focus();
  }
});
