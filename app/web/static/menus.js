// Menus made of <details> close on Escape and when the focus or a click goes elsewhere.
export function closeMenus() {
  const menus = [...document.querySelectorAll("details.menu")];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus.filter((one) => one.open)) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  for (const kind of ["click", "focusin"]) {
    document.addEventListener(kind, (event) => {
      for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
    });
  }
}
