// One key for each thing that a moderator does; never while somebody types, and never for what can't be taken back.
import { closePanels, openPanel } from "./review-panels.js";
import { peek } from "./review-peek.js";
import { unveil, veilAll } from "./review-pictures.js";

const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
// Which key does what another usually does, for who chose their own; a key that was given away does nothing.
const mine = JSON.parse(document.body.dataset.keymap || "{}");
const given = new Set(Object.values(mine));
const usual = (key) => mine[key] ?? (given.has(key) ? "" : key);
const submit = (selector) => document.querySelector(selector)?.requestSubmit();

function walk(step) {
  const items = [...document.querySelectorAll("[data-item]")];
  if (!items.length) return;
  const focused = items.indexOf(document.activeElement);
  const here = focused >= 0 ? focused : items.findIndex((item) => item.hasAttribute("aria-current"));
  items[Math.max(0, Math.min(items.length - 1, here + step))].focus();
}

function readThread() {
  const posts = [...document.querySelectorAll("[data-thread], [data-subject]")];
  const next = posts[(posts.indexOf(document.activeElement) + 1) % posts.length];
  if (!next) return;
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "center" });
}

// To be mended: the form about the account, with that chosen already; Enter does it, and no key alone.
function mend() {
  const freeze = document.querySelector('#panel-account input[name="measure"][value="freeze"]');
  if (!freeze) return;
  freeze.checked = true;
  openPanel(document.getElementById("panel-account"));
  document.getElementById("rule_account").focus({ preventScroll: true });
}

// In the queue a mark, to be decided together with others (X); on the page of several it ticks the one that is read.
function mark() {
  const item = document.activeElement?.closest("[data-item]");
  const box = item?.querySelector("input[type=checkbox]");
  if (box) return box.click();
  if (!item?.matches("a")) return;
  item.toggleAttribute("data-marked");
  const link = document.querySelector("[data-batch]");
  const marked = [...document.querySelectorAll("a[data-marked]")].map((each) => each.href.split("/").pop());
  link.dataset.plain ??= link.textContent;
  link.textContent = marked.length ? `${link.dataset.batch} (${marked.length})` : link.dataset.plain;
  link.search = marked.map((number) => `case=${number}`).join("&");
}

const KEYS = {
  r: () => submit("[data-report]"),
  g: () => submit(document.querySelector("[data-claim]") ? "[data-claim]" : "[data-next]"),
  " ": () => submit("[data-next]"),
  u: () => submit("[data-undo]"),
  t: () => submit("[data-translate]"),
  "+": () => submit("[data-trust]"),
  j: () => walk(1),
  k: () => walk(-1),
  w: mend,
  x: mark,
  X: () => document.querySelector("[data-batch]")?.click(),
  v: unveil,
  h: readThread,
  p: () => peek("p"),
  d: () => peek("d"),
  n: () => document.getElementById("note")?.focus(),
  "?": () => document.getElementById("keys").showModal(),
};

// Escape leaves whatever is open, and first of all what is hard to look at.
function stop() {
  if (veilAll()) return;
  const back = document.querySelector("[data-back]");
  if (back) back.click();
  else closePanels();
}

// Also while somebody types: what was typed stays where it is.
function finding(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
  if (document.querySelector("dialog[open]")) return;
  event.preventDefault();
  document.getElementById("find").showModal();
  document.getElementById("find-what").select();
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") return stop();
  if (event.target.closest(TYPING) || document.body.dataset.single === "off") return;
  if (event.key === " " && event.target.closest("button, summary, a, input")) return;
  const second = document.querySelector(
    `details.panel[open] :is(button[data-macro="${CSS.escape(event.key)}"], button[data-chord="${CSS.escape(event.key)}"])`,
  );
  if (second) {
    event.preventDefault();
    return second.click();
  }
  const rung = document.querySelector(`main a[data-rung="${CSS.escape(event.key)}"]`);
  if (rung) {
    event.preventDefault();
    return rung.click();
  }
  const digit = document.querySelector(`#decide button[data-digit="${CSS.escape(event.key)}"]`);
  if (digit) {
    event.preventDefault();
    return digit.click();
  }
  const key = usual(event.key);
  const panel = document.querySelector(`details.panel[data-panel="${CSS.escape(key)}"]`);
  const act = panel ? () => openPanel(panel) : KEYS[key];
  const button = document.querySelector(`#decide button[data-key="${CSS.escape(key)}"]`);
  if (!act && !button) return;
  event.preventDefault();
  if (button) button.click();
  else act();
}

export function listenForKeys() {
  document.addEventListener("keydown", finding);
  document.addEventListener("keydown", pressed);
  document.querySelector("[data-find]")?.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("find").showModal();
  });
  for (const opener of document.querySelectorAll("[data-dialog]")) {
    opener.addEventListener("click", () => document.getElementById(opener.dataset.dialog).showModal());
  }
}
