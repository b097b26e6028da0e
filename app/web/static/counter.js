// Shows how many characters a text still has, where the server has left a place for it.
function length(text) {
  const links = text.replace(/https?:\/\/\S+/g, "x".repeat(23));
  return [...new Intl.Segmenter().segment(links)].length;
}

export function countCharacters() {
  for (const box of document.querySelectorAll("textarea[data-limit]")) {
    const place = document.getElementById(box.dataset.counter);
    if (!place) continue;
    const warning = box.form?.elements.namedItem("warning");
    const update = () => {
      const left = Number(box.dataset.limit) - length(box.value) - (warning ? length(warning.value) : 0);
      place.textContent = String(left);
      place.dataset.over = String(left < 0);
    };
    box.addEventListener("input", update);
    warning?.addEventListener("input", update);
    update();
  }
}
