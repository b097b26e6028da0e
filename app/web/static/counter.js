// Shows how many characters a text still has once they grow few, where the server has left a place for it; counted as the server does.
const length = (text) => [...text].length;

const TOLD_FROM = 500;

export function countCharacters() {
  for (const box of document.querySelectorAll("textarea[data-limit]")) {
    const place = document.getElementById(box.dataset.counter);
    if (!place) continue;
    const warning = box.form?.elements.namedItem("warning");
    const update = () => {
      const left = Number(box.dataset.limit) - length(box.value) - (warning ? length(warning.value) : 0);
      place.textContent = String(left);
      place.hidden = left > TOLD_FROM;
      place.dataset.over = String(left < 0);
    };
    box.addEventListener("input", update);
    warning?.addEventListener("input", update);
    update();
  }
}
