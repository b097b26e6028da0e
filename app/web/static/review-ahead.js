// The next case's text, asked for while this one is read and shown the moment this one is left, until its own page comes.
// It stays in this page's memory: nothing is claimed, nothing is counted as seen before it is, no media is fetched.
const AFTER_MILLISECONDS = 1200;
const OLD_MILLISECONDS = 60000;
let text = "";
let asked = 0;

async function ask() {
  asked = Date.now();
  const answer = await fetch("/review/ahead.html");
  text = answer.status === 200 ? await answer.text() : "";
}

function show(main) {
  if (!text || Date.now() - asked > OLD_MILLISECONDS) return;
  const next = document.createElement("div");
  next.className = `${main.className} ahead`;
  next.inert = true;
  // our own server's markup, under a policy that runs no script from it
  next.innerHTML = text;
  // hidden and not taken away: what is ticked there belongs to the form that is being sent
  main.classList.add("gone");
  main.setAttribute("aria-busy", "true");
  main.before(next);
  document.getElementById("decide-column").inert = true;
  window.scrollTo(0, 0);
}

function leaves(event) {
  const form = event.target;
  if (event.defaultPrevented || (event.submitter?.hasAttribute("formaction") && !event.submitter.hasAttribute("data-leaves"))) return;
  const main = document.querySelector("main.case");
  // after the browser has read what the form sends
  if (form.matches("#decide, [data-next]")) setTimeout(() => show(main));
}

// Back from the next page, or stopped: the case is there again.
function comesBack() {
  document.querySelector(".ahead")?.remove();
  const main = document.querySelector("main.case");
  main.classList.remove("gone");
  main.removeAttribute("aria-busy");
  document.getElementById("decide-column").inert = false;
}

export function readAhead() {
  if (!document.querySelector("[data-lease][data-mine]") || !document.getElementById("decide")) return;
  const again = () => { if (!document.hidden) ask().catch(() => { text = ""; }); };
  setTimeout(again, AFTER_MILLISECONDS);
  setInterval(again, OLD_MILLISECONDS / 2);
  document.addEventListener("submit", leaves);
  window.addEventListener("pageshow", (event) => { if (event.persisted) comesBack(); });
}
