// What this browser's clock shows, in a form that compares the server's with it.
export function tellsTheTime() {
  for (const field of document.querySelectorAll("[data-now]")) {
    field.form.addEventListener("submit", () => {
      field.value = String(Date.now());
    });
  }
}
