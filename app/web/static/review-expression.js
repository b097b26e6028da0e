// Rules for the door, written with help: names are completed while one types, what is wrong is said soon after, and a
// trial that runs is followed. Without it the page works, and says what is wrong once it is sent.
const WORD = /[A-Za-z_][\w.]*$/;

class Completion {
  constructor(around) {
    this.around = around;
    this.text = around.querySelector("textarea");
    this.wrong = around.querySelector("#expression-wrong");
    this.names = [...document.querySelectorAll("[data-name]")].map((row) => [row.dataset.name, row.cells[2].textContent]);
    this.list = document.createElement("ul");
    Object.assign(this.list, { id: "expression-names", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", around.querySelector("label").textContent);
    this.text.after(this.list);
    this.text.setAttribute("aria-controls", this.list.id);
    this.text.setAttribute("aria-autocomplete", "list");
    this.shown = [];
    this.at = -1;
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("keydown", (event) => this.pressed(event));
    this.text.addEventListener("blur", () => this.close());
    // Pressing a line must not take the focus away: leaving the field closes the list.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const line = event.target.closest("[role=option]");
      if (line) this.choose([...this.list.children].indexOf(line));
    });
  }

  typed() {
    const word = this.text.value.slice(0, this.text.selectionStart).match(WORD)?.[0] ?? "";
    this.shown = word.length > 1 ? this.names.filter(([name]) => name !== word && name.includes(word)).slice(0, 8) : [];
    this.list.replaceChildren(...this.shown.map(([name, said], at) => this.line(name, said, at)));
    this.mark(-1);
    this.list.hidden = !this.shown.length;
    clearTimeout(this.soon);
    // What is half typed isn't wrong yet: it is checked once no name is on offer any more.
    this.soon = setTimeout(() => this.list.hidden && this.check(), 400);
  }

  line(name, said, at) {
    const line = document.createElement("li");
    line.id = `expression-name-${at}`;
    line.setAttribute("role", "option");
    const code = document.createElement("code");
    code.textContent = name;
    line.append(code, ` ${said}`);
    return line;
  }

  pressed(event) {
    if (this.list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark((this.at + step + this.shown.length) % this.shown.length);
    else if (["Enter", "Tab"].includes(event.key) && this.at >= 0) this.choose(this.at);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  mark(at) {
    this.at = at;
    [...this.list.children].forEach((line, place) => line.setAttribute("aria-selected", String(place === at)));
    if (at >= 0) this.text.setAttribute("aria-activedescendant", this.list.children[at].id);
    else this.text.removeAttribute("aria-activedescendant");
  }

  choose(at) {
    const end = this.text.selectionStart;
    const start = end - (this.text.value.slice(0, end).match(WORD)?.[0].length ?? 0);
    this.text.setRangeText(this.shown[at][0], start, end, "end");
    this.close();
  }

  close() {
    const open = !this.list.hidden;
    this.list.hidden = true;
    this.mark(-1);
    if (open) this.check();
  }

  async check() {
    const asked = this.text.value;
    if (!asked.trim()) return;
    const answer = await fetch(`/review/instance-rules/check.json?${new URLSearchParams({ expression: asked })}`);
    if (!answer.ok || asked !== this.text.value) return;
    const { wrong } = await answer.json();
    this.wrong.textContent = wrong;
    this.text.toggleAttribute("aria-invalid", Boolean(wrong));
  }
}

async function follow(trials) {
  while (trials.hasAttribute("data-waits")) {
    await new Promise((done) => setTimeout(done, 2000));
    const answer = await fetch(location.pathname);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("trials");
    trials.toggleAttribute("data-waits", fresh.hasAttribute("data-waits"));
    trials.replaceChildren(...fresh.childNodes);
  }
}

document.querySelectorAll("[data-expression]").forEach((around) => new Completion(around));
document.querySelectorAll("#trials[data-waits]").forEach(follow);
