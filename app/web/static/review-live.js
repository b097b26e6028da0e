// Counts and queue stay as they are on the server; nothing moves under a finger: an item that has the focus keeps it.
const EVERY_MILLISECONDS = 5000;

async function count() {
  const there = document.querySelector("[data-presence]");
  const about = there ? `?${new URLSearchParams({ case: there.dataset.presence, told: there.dataset.told ?? "" })}` : "";
  const answer = await fetch(`/review/counts.json${about}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return null;
  const found = await answer.json();
  for (const place of document.querySelectorAll("[data-count]")) place.firstChild.textContent = found.badge;
  // a polite live region: read out when somebody comes or goes, and not again while nothing changes
  if (there && there.textContent !== found.presence) there.textContent = found.presence;
  return `${found.open} ${found.claimed} ${found.escalated}`;
}

async function relist(list) {
  const answer = await fetch(list.dataset.queue);
  if (!answer.ok) return;
  const focused = document.activeElement?.closest("[data-item]")?.getAttribute("href");
  // our own server's markup, under a policy that runs no script from it
  list.innerHTML = await answer.text();
  if (focused) list.querySelector(`[data-item][href="${CSS.escape(focused)}"]`)?.focus();
}

export function stayLive() {
  const list = document.querySelector("[data-queue]");
  let before = null;
  setInterval(() => {
    if (document.hidden) return;
    count()
      .then((now) => {
        const changed = now !== null && before !== null && now !== before;
        before = now ?? before;
        return list && changed ? relist(list) : undefined;
      })
      .catch(() => undefined);
  }, EVERY_MILLISECONDS);
}
