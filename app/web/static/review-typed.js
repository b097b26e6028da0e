// What is typed in a case waits on the server, for this person and this case, until it is decided; nothing of it lies on this disk.
const AFTER_MILLISECONDS = 1000;
let form = null;
let waiting = 0;

// The fields of words, and what is chosen beside them.
function said() {
  const body = new URLSearchParams();
  for (const field of form.elements) {
    if (field.name && field.matches("textarea, select, input[type=text], input:not([type]), input[type=radio]:checked")) {
      body.append(field.name, field.value);
    }
  }
  return body;
}

function keep() {
  clearTimeout(waiting);
  waiting = 0;
  const token = document.querySelector("input[name=csrf_token]").value;
  // goes on where the page is left meanwhile
  fetch(form.dataset.typed, { method: "POST", body: said(), keepalive: true, headers: { "X-CSRFToken": token } }).catch(() => undefined);
}

export function keepTyped() {
  form = document.querySelector("form[data-typed]");
  if (!form) return;
  document.addEventListener("input", (event) => {
    if (event.target.form !== form) return;
    clearTimeout(waiting);
    waiting = setTimeout(keep, AFTER_MILLISECONDS);
  });
  // what is sent needs no keeping: the server keeps it itself where it is refused
  form.addEventListener("submit", () => { clearTimeout(waiting); waiting = 0; });
  window.addEventListener("pagehide", () => { if (waiting) keep(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden && waiting) keep(); });
}
