// p and d: what is known of the author, or of their server, before the case and not instead of it.
let came = null;

export async function peek(key) {
  const link = document.querySelector(`[data-peek="${key}"]`);
  const dialog = document.getElementById("peek");
  if (!link || !dialog) return;
  const answer = await fetch(link.href);
  if (!answer.ok) return link.click();
  // our own server's page, under a policy that runs no script from it; what can be sent is on the page itself
  const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  for (const form of page.querySelectorAll("form")) form.remove();
  for (const one of page.querySelectorAll("[id]")) one.removeAttribute("id");
  const title = page.querySelector("h1");
  document.getElementById("peek-title").textContent = title?.textContent ?? "";
  title?.remove();
  document.getElementById("peek-page").href = link.href;
  document.getElementById("peek-what").replaceChildren(...page.childNodes);
  came = document.activeElement;
  dialog.showModal();
}

// A key that stands beside a link in there leads on to it, as on the page itself.
function follow(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.single === "off") return;
  const link = document.querySelector(`#peek-what a[data-rung="${CSS.escape(event.key)}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
}

export function peeksClose() {
  document.getElementById("peek")?.addEventListener("keydown", follow);
  document.getElementById("peek")?.addEventListener("close", () => came?.focus());
}
