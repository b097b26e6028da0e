// Passkeys: the form holds what the server asks for; what the browser answers goes into it, and it is sent.
const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
};

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function create(asked) {
  const user = { ...asked.user, id: bytes(asked.user.id) };
  const challenge = bytes(asked.challenge), excludeCredentials = known(asked.excludeCredentials);
  return navigator.credentials.create({ publicKey: { ...asked, user, challenge, excludeCredentials } });
}

async function get(asked) {
  const challenge = bytes(asked.challenge), allowCredentials = known(asked.allowCredentials);
  return navigator.credentials.get({ publicKey: { ...asked, challenge, allowCredentials } });
}

/** As JSON, of which the server reads what it needs. */
function plain(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = form.querySelector("button").hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    const failed = form.querySelector("[data-failed]");
    failed.hidden = true;
    try {
      const asked = JSON.parse(form.dataset.options);
      form.elements.answer.value = plain(await (form.dataset.passkey === "create" ? create(asked) : get(asked)));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      failed.hidden = false;
      return;
    }
    form.submit();
  });
}
