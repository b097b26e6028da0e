// "Tell me on this device": asks the browser for a subscription to push, and hands it to the server with the form.
const form = document.querySelector("form[data-call-key]");
const say = (what) => {
  for (const each of document.querySelectorAll("[data-call]")) each.hidden = each.dataset.call !== what;
};

const raw = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
};

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const digest = async (address) => hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(address)));

/** The row of the list that is this browser, if the server knows it. */
async function own(subscription) {
  return subscription && document.querySelector(`[data-called="${await digest(subscription.endpoint)}"]`);
}

/** No browser subscribes with a worker that isn't active yet, as a new one isn't for a moment. */
async function active(worker) {
  const coming = worker.installing ?? worker.waiting;
  if (worker.active || !coming) return;
  await new Promise((done) => coming.addEventListener("statechange", () => worker.active && done()));
}

/** One that was made for another key of the server is of no use any more. */
async function subscribe(worker) {
  const asked = { userVisibleOnly: true, applicationServerKey: raw(form.dataset.callKey) };
  await active(worker);
  const before = await worker.pushManager.getSubscription();
  if (before) await before.unsubscribe();
  return worker.pushManager.subscribe(asked);
}

function mark(row, subscription) {
  row.querySelector("[data-this]").hidden = false;
  row.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    await subscription.unsubscribe();
    event.target.submit();
  });
}

async function begin() {
  const worker = await navigator.serviceWorker.register(form.dataset.callWorker);
  const subscription = await worker.pushManager.getSubscription();
  const row = await own(subscription);
  form.hidden = Boolean(row);
  if (row) {
    mark(row, subscription);
    say("here");
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if ((await Notification.requestPermission()) !== "granted") return say("refused");
    try {
      const made = await subscribe(worker);
      form.elements.endpoint.value = made.endpoint;
      form.elements.key.value = text(made.getKey("p256dh"));
      form.elements.auth.value = text(made.getKey("auth"));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      return say("failed");
    }
    form.submit();
  });
}

if (form && window.isSecureContext && navigator.serviceWorker && window.PushManager && window.Notification) begin();
else if (form) say("unable");
