// Pictures by steps: v, or a press, opens the next one; colour is there only while v or a finger is held, and every look is noted.
const steps = () => [...document.querySelectorAll("[data-veil]")];
const shown = new Set();
let colour = null;

// Noted when it opens, not when the browser says that it did: who lets go at once has looked all the same.
function show(step) {
  if (!shown.has(step) && step.dataset.looked) note(step);
  shown.add(step);
  step.open = true;
}

export function unveil() {
  const next = steps().find((step) => !step.open);
  if (!next) return;
  if (next.hasAttribute("data-held")) colour = next;
  show(next);
  next.scrollIntoView({ block: "nearest" });
}

function letGo() {
  if (colour) colour.open = false;
  colour = null;
}

export function veilAll() {
  letGo();
  const open = steps().filter((step) => step.open);
  for (const step of open) step.open = false;
  return open.length > 0;
}

function note(step) {
  const body = new URLSearchParams({ step: step.dataset.veil, snapshot: step.dataset.of ?? "" });
  const token = document.querySelector("input[name=csrf_token]").value;
  fetch(step.dataset.looked, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": token } }).catch(() => undefined);
}

function whileHeld(step) {
  const summary = step.querySelector("summary");
  summary.addEventListener("pointerdown", (event) => {
    summary.setPointerCapture(event.pointerId);
    colour = step;
    show(step);
  });
  for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) summary.addEventListener(kind, letGo);
  summary.addEventListener("contextmenu", (event) => event.preventDefault());
  // a pointer's click would open it for good; Enter on it still does so for who can't hold a key
  summary.addEventListener("click", (event) => { if (event.detail > 0) event.preventDefault(); });
}

export function showBySteps() {
  for (const step of document.querySelectorAll("[data-veil][data-looked]")) {
    step.addEventListener("toggle", () => { if (step.open) show(step); else shown.delete(step); });
  }
  for (const step of document.querySelectorAll("[data-held]")) whileHeld(step);
  document.addEventListener("keyup", letGo);
  window.addEventListener("blur", letGo);
}
