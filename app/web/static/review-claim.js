// The claim of five minutes: renewed while somebody works on the case, and said aloud before it runs out.
const RENEW_BELOW_SECONDS = 200;
const WARN_BELOW_SECONDS = 60;
const EVERY_MILLISECONDS = 5000;

export function keepClaim() {
  const line = document.querySelector("[data-lease][data-mine]");
  if (!line) return;
  const bar = line.querySelector("progress");
  const live = document.querySelector("[data-live]");
  let until = Date.now() + bar.value * 1000;
  let active = false;
  let warned = false;
  let asking = false;
  for (const kind of ["keydown", "pointermove", "pointerdown", "scroll"]) {
    document.addEventListener(kind, () => { active = true; }, { passive: true, capture: true });
  }
  const renew = async () => {
    asking = true;
    const token = document.querySelector("input[name=csrf_token]").value;
    const answer = await fetch(`/review/case/${line.dataset.lease}/claim`, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token },
    });
    const said = await answer.json();
    if (answer.ok) {
      until = Date.now() + said.seconds * 1000;
      warned = false;
      line.querySelector("small").textContent = `${said.words}.`;
    } else {
      live.textContent = said.error;
      line.querySelector("small").textContent = said.error;
    }
    active = false;
  };
  setInterval(() => {
    const left = Math.max(0, (until - Date.now()) / 1000);
    bar.value = left;
    if (active && left < RENEW_BELOW_SECONDS && !asking) renew().catch(() => undefined).finally(() => { asking = false; });
    if (left < WARN_BELOW_SECONDS && !warned) {
      warned = true;
      live.textContent = line.dataset.warning;
    }
  }, EVERY_MILLISECONDS);
}
