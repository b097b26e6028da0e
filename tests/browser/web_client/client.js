// A client as people open it in their browser: it comes from another origin, and knows nothing but the public API.
const SCOPE = "read write follow push";
const HERE = location.origin + location.pathname;
const kept = (name, value) => (value === undefined ? sessionStorage.getItem(name) : sessionStorage.setItem(name, value));
const one = (selector) => document.querySelector(selector);

async function api(path, { method = "GET", body, headers = {} } = {}) {
  const token = kept("token");
  const form = body instanceof FormData || body instanceof URLSearchParams;
  const answer = await fetch(kept("server") + path, {
    method,
    headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body && !form && { "Content-Type": "application/json" }), ...headers },
    body: form || !body ? body : JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(`${answer.status} ${said.error}`);
  return { said, answer };
}

const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function enter(server) {
  kept("server", server);
  const { said: app } = await api("/api/v1/apps", { method: "POST", body: { client_name: "A small client", redirect_uris: HERE, scopes: SCOPE } });
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(48)));
  const challenge = base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
  const state = base64url(crypto.getRandomValues(new Uint8Array(12)));
  Object.entries({ verifier, state, client_id: app.client_id, client_secret: app.client_secret }).forEach(([name, value]) => kept(name, value));
  location.href = `${server}/oauth/authorize?${new URLSearchParams({
    client_id: app.client_id, redirect_uri: HERE, response_type: "code", scope: SCOPE, state,
    code_challenge: challenge, code_challenge_method: "S256",
  })}`;
}

async function back(asked) {
  if (asked.get("state") !== kept("state")) throw new Error("somebody else's answer");
  history.replaceState(null, "", HERE);
  const body = new URLSearchParams({
    grant_type: "authorization_code", code: asked.get("code"), redirect_uri: HERE,
    client_id: kept("client_id"), client_secret: kept("client_secret"), code_verifier: kept("verifier"),
  });
  const { said } = await api("/oauth/token", { method: "POST", body });
  kept("token", said.access_token);
}

function shown(status) {
  const item = document.createElement("li");
  item.dataset.id = status.id;
  const text = document.createElement("div");
  text.innerHTML = status.content; // a client trusts its server to have cleaned it
  item.append(`@${status.account.acct}: `, text);
  for (const media of status.media_attachments) {
    const picture = document.createElement("img");
    [picture.src, picture.alt] = [media.preview_url, media.description ?? ""];
    item.append(picture);
  }
  for (const [verb, done] of [["favourite", "favourited"], ["reblog", "reblogged"], ["bookmark", "bookmarked"]]) {
    const button = document.createElement("button");
    button.textContent = verb;
    button.ariaPressed = status[done];
    button.onclick = async () => {
      const wanted = button.ariaPressed === "true" ? `un${verb}` : verb;
      const { said } = await api(`/api/v1/statuses/${status.id}/${wanted}`, { method: "POST" });
      button.ariaPressed = said[done];
    };
    item.append(button);
  }
  return item;
}

let older;
async function page(path) {
  const { said, answer } = await api(path);
  older = answer.headers.get("Link")?.match(/<([^>]+)>; rel="next"/)?.[1];
  one("#older").disabled = !older || said.length === 0;
  one("#home").append(...said.map(shown));
}

async function listen() {
  const { said: instance } = await api("/api/v2/instance");
  const socket = new WebSocket(`${instance.configuration.urls.streaming}/api/v1/streaming?stream=user`, kept("token"));
  socket.onopen = () => { one("#stream").textContent = "streaming"; };
  socket.onmessage = ({ data }) => {
    const { event, payload } = JSON.parse(data);
    const there = (id) => one(`#home li[data-id="${id}"]`);
    if (event === "notification") one("#told").textContent = Number(one("#told").textContent) + 1;
    if (event === "delete") there(payload)?.remove();
    if (event === "update" || event === "status.update") {
      const status = JSON.parse(payload);
      const known = there(status.id);
      if (known) known.replaceWith(shown(status));
      else if (event === "update") one("#home").prepend(shown(status));
    }
  };
}

async function attached(form) {
  if (!form.get("file").size) return [];
  const body = new FormData();
  body.set("file", form.get("file"));
  body.set("description", form.get("description"));
  let { said, answer } = await api("/api/v2/media", { method: "POST", body });
  while (answer.status === 202 || answer.status === 206 || !said.url) {
    await new Promise((done) => setTimeout(done, 200));
    ({ said, answer } = await api(`/api/v1/media/${said.id}`));
  }
  return [said.id];
}

async function write(form) {
  const body = { status: form.get("status"), media_ids: await attached(form), visibility: "public" };
  const { said } = await api("/api/v1/statuses", { method: "POST", body, headers: { "Idempotency-Key": crypto.randomUUID() } });
  if (!one(`#home li[data-id="${said.id}"]`)) one("#home").prepend(shown(said));
  one("#said").textContent = "Posted.";
}

async function leave() {
  const body = { client_id: kept("client_id"), client_secret: kept("client_secret"), token: kept("token") };
  await api("/oauth/revoke", { method: "POST", body });
  await api("/api/v1/accounts/verify_credentials").then(() => { throw new Error("the token still works"); }, () => {});
  sessionStorage.clear();
  location.reload();
}

const wrong = (error) => { one("#said").textContent = error.message; console.error(error); };
const on = (selector, event, act) => one(selector).addEventListener(event, (happened) => {
  happened.preventDefault();
  Promise.resolve(act(new FormData(happened.target instanceof HTMLFormElement ? happened.target : undefined))).catch(wrong);
});
on("#enter", "submit", (form) => enter(form.get("server")));
on("#write", "submit", write);
on("#older", "click", () => page(older.slice(new URL(older).origin.length)));
on("#leave", "click", leave);

const asked = new URLSearchParams(location.search);
if (asked.has("code")) await back(asked);
if (kept("token")) {
  const { said } = await api("/api/v1/accounts/verify_credentials");
  one("#me").textContent = said.acct;
  one("#enter").hidden = true;
  one("main").hidden = false;
  await page("/api/v1/timelines/home?limit=20");
  await listen();
}
