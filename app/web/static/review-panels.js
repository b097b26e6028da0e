// The panels of a decision: opening one closes the others; the reason follows the rule until somebody writes their own.
export function openPanel(panel) {
  for (const other of document.querySelectorAll("details.panel[open]")) if (other !== panel) other.open = false;
  panel.open = true;
  // A panel with keys of its own waits for the second one; typing begins in its field.
  const first = panel.querySelector("[data-chord]") ? "summary" : "select, textarea, input, button:not(:disabled)";
  panel.querySelector(first)?.focus({ preventScroll: true });
  panel.scrollIntoView({ block: "nearest" });
}

export function closePanels() {
  for (const panel of document.querySelectorAll("details.panel[open]")) {
    panel.open = false;
    panel.querySelector("summary").focus();
  }
}

export function confirmPanel(panel) {
  panel.querySelector("button")?.click();
}

export function followRules() {
  for (const select of document.querySelectorAll("select[data-rule]")) {
    const box = document.querySelector(`textarea[data-reason="${select.dataset.rule}"]`);
    let offered = box.value;
    select.addEventListener("change", () => {
      if (box.value !== offered) return;
      offered = select.selectedOptions[0].dataset.reason;
      box.value = offered;
    });
  }
  for (const link of document.querySelectorAll("[data-opens]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      openPanel(document.getElementById(`panel-${link.dataset.opens}`));
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.target.id === "note" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return event.target.form.querySelector("[data-notes]").click();
    }
    const panel = event.target.closest?.("details.panel[open]");
    if (!panel || event.key !== "Enter" || event.target.matches("summary, button")) return;
    if (event.target.matches("textarea") && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    confirmPanel(panel);
  });
}
