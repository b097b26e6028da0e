// The list of rules, found by typing: a combobox (ARIA 1.2) before the plain select, which stays what the form sends.
const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
const fits = (text, typed) => plain(typed).split(/\s+/).every((word) => plain(text).includes(word));

class RuleBox {
  constructor(select) {
    this.select = select;
    this.shown = [];
    this.at = -1;
    this.build();
    this.listen();
    this.settle();
  }

  build() {
    const { id } = this.select;
    const label = document.querySelector(`label[for="${id}"]`);
    this.box = document.createElement("input");
    this.list = document.createElement("ul");
    this.none = document.createElement("p");
    const around = document.createElement("div");
    around.className = "rulebox";
    // The field takes over the select's id, and with it its label.
    this.select.removeAttribute("id");
    this.select.hidden = true;
    Object.assign(this.box, { id, type: "text", autocomplete: "off", spellcheck: false });
    Object.assign(this.list, { id: `${id}_list`, hidden: true });
    this.none.className = "sr";
    const said = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(said)) this.box.setAttribute(name, value);
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label.textContent);
    this.none.setAttribute("role", "status");
    this.select.before(around);
    around.append(this.box, this.list, this.none);
  }

  listen() {
    this.box.addEventListener("focus", () => this.box.select());
    this.box.addEventListener("click", () => this.open(""));
    this.box.addEventListener("input", () => this.open(this.box.value));
    this.box.addEventListener("blur", () => this.settle());
    this.box.addEventListener("keydown", (event) => this.pressed(event));
    // Pressing a line must not take the focus away: leaving the field closes the list.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const line = event.target.closest("[role=option]");
      if (line) this.choose(this.shown[[...this.list.children].indexOf(line)]);
    });
    // What a browser restores on going back stands in the select.
    window.addEventListener("pageshow", () => this.settle());
  }

  // Its own keys while the list is open; closed, Enter decides and Escape leaves as everywhere.
  pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const opened = !this.list.hidden;
    if (step) opened ? this.mark(this.at + step) : this.open("");
    else if (opened && event.key === "Enter") this.choose(this.shown[this.at]);
    else if (opened && event.key === "Escape") this.settle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  open(typed) {
    this.shown = [...this.select.options].filter((option) => fits(option.text, typed.trim()));
    this.list.replaceChildren(...this.shown.map((option, at) => this.line(option, at)));
    this.list.hidden = false;
    this.none.textContent = this.shown.length ? "" : this.select.dataset.none;
    this.none.className = this.shown.length ? "sr" : "small none";
    this.box.setAttribute("aria-expanded", "true");
    this.mark(typed.trim() ? 0 : this.shown.indexOf(this.select.selectedOptions[0]));
  }

  line(option, at) {
    const line = document.createElement("li");
    line.id = `${this.list.id}_${at}`;
    line.setAttribute("role", "option");
    line.textContent = option.text;
    return line;
  }

  mark(wanted) {
    const lines = [...this.list.children];
    this.at = Math.max(0, Math.min(lines.length - 1, wanted));
    lines.forEach((line, at) => line.setAttribute("aria-selected", String(at === this.at)));
    if (!lines.length) return this.box.removeAttribute("aria-activedescendant");
    this.box.setAttribute("aria-activedescendant", lines[this.at].id);
    lines[this.at].scrollIntoView({ block: "nearest" });
  }

  choose(option) {
    if (!option) return;
    const changed = !option.selected;
    option.selected = true;
    this.settle();
    if (changed) this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Closed, the field says what is chosen, whatever was typed.
  settle() {
    this.list.hidden = true;
    this.none.textContent = "";
    this.none.className = "sr";
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
    this.box.value = this.select.selectedOptions[0]?.text ?? "";
  }
}

export function findRules() {
  for (const select of document.querySelectorAll("select[data-rule][data-none]")) new RuleBox(select);
}
