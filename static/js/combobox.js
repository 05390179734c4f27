// A text field with suggestions: the ARIA 1.2 combobox with a listbox and manual selection.
// The markup and its texts come from templates/components/combobox.html, which lists the events too.

const PAUSE = 120;

class Combobox {
  constructor(root) {
    this.root = root;
    this.input = root.querySelector("input:not([type=hidden])");
    this.key = root.querySelector("[data-key]");
    this.list = root.querySelector("ul");
    this.status = root.querySelector("[role=status]");
    this.options = [];
    this.active = -1;
    this.waiting = 0;
    this.request = null;

    const { input, list } = this;
    list.setAttribute("role", "listbox");
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": list.id,
    })) input.setAttribute(name, value);

    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.pressed(event));
    input.addEventListener("blur", () => this.left());
    // A mouse button down would take the focus away before the click arrives
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const place = this.options.findIndex((option) => option.element.contains(event.target));
      if (place >= 0) this.choose(place);
    });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  tell(name, detail) {
    this.root.dispatchEvent(new CustomEvent(`combobox:${name}`, { bubbles: true, detail }));
  }

  typed() {
    if (this.key?.value) {
      this.key.value = "";
      this.tell("clear", {});
    }
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.search(), PAUSE);
  }

  /** Show what fits the text; `first` makes the first one the active one. */
  async search(first = false) {
    clearTimeout(this.waiting);
    this.request?.abort();
    const text = this.input.value.trim();
    if (!text) {
      this.close();
      this.status.textContent = "";
      return;
    }
    const request = new AbortController();
    this.request = request;
    const url = new URL(this.root.dataset.url, location.href);
    url.searchParams.set("q", text);
    try {
      const answer = await fetch(url, {
        signal: request.signal,
        headers: { Accept: "application/json" },
      });
      // An expired session answers with the sign-in page
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const found = await answer.json();
      if (this.request === request && document.activeElement === this.input) {
        this.show(found, text);
        if (first) this.activate(0);
      }
    } catch {
      if (request.signal.aborted) return;
      this.show([], text);
      this.status.textContent = this.root.dataset.failed;
    }
  }

  show(found, text) {
    this.options = found.map((item) => ({ item }));
    const { create, none, one, many } = this.root.dataset;
    if (create) this.options.push({ create: text });
    this.list.replaceChildren(...this.options.map((option, place) => this.draw(option, place)));
    this.activate(-1);
    this.open(this.options.length > 0);
    this.status.textContent =
      found.length === 0 ? none : found.length === 1 ? one : many.replace("{count}", found.length);
  }

  draw(option, place) {
    const element = document.createElement("li");
    element.id = `${this.list.id}-${place}`;
    element.className = "combobox__option";
    element.setAttribute("role", "option");
    element.setAttribute("aria-selected", "false");
    if (option.item) {
      element.append(option.item.name);
      if (option.item.detail) {
        const detail = document.createElement("span");
        detail.className = "combobox__meta";
        detail.textContent = option.item.detail;
        element.append(" ", detail);
      }
    } else {
      element.textContent = this.root.dataset.create.replace("{text}", () => option.create);
    }
    option.element = element;
    return element;
  }

  open(is) {
    this.list.hidden = !is;
    this.input.setAttribute("aria-expanded", String(is));
  }

  close() {
    this.request?.abort();
    clearTimeout(this.waiting);
    this.activate(-1);
    this.open(false);
  }

  activate(place) {
    this.options[this.active]?.element.setAttribute("aria-selected", "false");
    this.active = place;
    const element = this.options[place]?.element;
    if (!element) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    element.setAttribute("aria-selected", "true");
    element.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", element.id);
  }

  move(step) {
    const count = this.options.length;
    const from = this.active < 0 && step < 0 ? 0 : this.active;
    this.activate((from + step + count) % count);
  }

  pressed(event) {
    if (event.isComposing) return;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        event.preventDefault();
        if (!this.isOpen) this.search(true);
        else this.move(event.key === "ArrowDown" ? 1 : -1);
        break;
      case "Enter":
        // With Ctrl it belongs to the form. Without an option it shows the way to the first one.
        if (!this.isOpen || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        if (this.active >= 0) this.choose(this.active);
        else this.activate(0);
        break;
      case "Escape":
        if (!this.isOpen) return;
        event.preventDefault();
        event.stopPropagation();
        this.close();
        break;
      default:
    }
  }

  choose(place) {
    const { item, create } = this.options[place];
    this.close();
    if (!item) {
      this.input.value = create;
      this.tell("create", { name: create });
      return;
    }
    this.input.value = this.key ? item.name : "";
    if (this.key) this.key.value = item.id;
    this.status.textContent = item.name;
    this.tell("pick", item);
  }

  left() {
    const typed = this.input.value.trim().toLocaleLowerCase();
    const same = this.options.filter(({ item }) => item?.name.toLocaleLowerCase() === typed);
    // Who types a whole name and goes on means that organisation, when there is but one of it
    if (this.isOpen && this.key && !this.key.value && same.length === 1) {
      this.choose(this.options.indexOf(same[0]));
    }
    this.close();
  }
}

for (const root of document.querySelectorAll("[data-combobox]")) new Combobox(root);
