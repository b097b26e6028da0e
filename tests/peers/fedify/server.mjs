// Another fediverse server, made of Fedify: one actor, kept in memory, told what to do at /control/ by the tests.
// Usage: node server.mjs PORT FIRST_KNOCK, the latter rfc9421 or draft-cavage-http-signatures-12. Prints "ready" once it listens.
import { createServer } from "node:http";
import { Temporal } from "@js-temporal/polyfill";
import { createFederation, generateCryptoKeyPair, MemoryKvStore, signObject, verifyObject } from "@fedify/fedify";
import {
  Accept, Activity, Announce, Create, Delete, Endpoints, Flag, Follow, InteractionPolicy, InteractionRule, Like, Mention, Move, Note,
  Person, PUBLIC_COLLECTION, Question, QuoteAuthorization, QuoteRequest, Tombstone, Undo, Update, isActor,
} from "@fedify/vocab";

const [port, firstKnock] = [Number(process.argv[2]), process.argv[3]];
const origin = `http://127.0.0.1:${port}`;
const NAMES = ["mira", "nils"]; // mira does everything; nils is whom she moves to
const keys = new Map();
for (const name of NAMES) {
  keys.set(name, [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")]);
}
const followers = new Map(NAMES.map((name) => [name, new Map()])); // actor URI -> actor
const notes = new Map(); // id -> Note
const stamps = new Map(); // id -> QuoteAuthorization
const proved = new Map(); // id of what arrived -> whether its own proof holds, in Fedify's eyes
const received = []; // what was verified and handed to a listener, in order
let movedTo = null;
let counter = 0;

const federation = createFederation({
  kv: new MemoryKvStore(), allowPrivateAddress: true, firstKnock, origin, circuitBreaker: false,
});

federation
  .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
    if (!NAMES.includes(identifier)) return null;
    const pairs = await ctx.getActorKeyPairs(identifier);
    return new Person({
      id: ctx.getActorUri(identifier),
      preferredUsername: identifier,
      name: identifier === "mira" ? "Mira" : "Nils",
      summary: "<p>Made of Fedify.</p>",
      url: ctx.getActorUri(identifier),
      inbox: ctx.getInboxUri(identifier),
      followers: ctx.getFollowersUri(identifier),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: pairs[0].cryptographicKey,
      assertionMethods: pairs.map((pair) => pair.multikey),
      aliases: identifier === "nils" ? [ctx.getActorUri("mira")] : [],
      successor: identifier === "mira" && movedTo ? new URL(movedTo) : null,
      published: at("2021-05-01T00:00:00Z"),
    });
  })
  .setKeyPairsDispatcher((_ctx, identifier) => keys.get(identifier) ?? []);

federation.setFollowersDispatcher("/users/{identifier}/followers", (_ctx, identifier) => ({
  items: [...followers.get(identifier).values()].map((actor) => ({
    id: actor.id, inboxId: actor.inboxId, endpoints: actor.endpoints,
  })),
}));

federation.setObjectDispatcher(Note, "/users/{identifier}/notes/{id}", (ctx, { identifier, id }) =>
  notes.get(ctx.getObjectUri(Note, { identifier, id }).href) ?? null);

federation.setObjectDispatcher(QuoteAuthorization, "/users/{identifier}/stamps/{id}", (ctx, { identifier, id }) =>
  stamps.get(ctx.getObjectUri(QuoteAuthorization, { identifier, id }).href) ?? null);

const remember = async (_ctx, activity) => {
  received.push(await activity.toJsonLd({ format: "compact" }).catch(() => activity.toJsonLd()));
};

federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .setSharedKeyDispatcher(() => ({ identifier: "mira" }))
  .on(Follow, async (ctx, follow) => {
    await remember(ctx, follow);
    const parsed = ctx.parseUri(follow.objectId);
    const actor = await follow.getActor(ctx);
    if (parsed?.type !== "actor" || !isActor(actor)) return;
    followers.get(parsed.identifier).set(actor.id.href, actor);
    await ctx.sendActivity({ identifier: parsed.identifier }, actor, new Accept({
      id: new URL(`#accepts/${++counter}`, ctx.getActorUri(parsed.identifier)), actor: follow.objectId, object: follow,
    }));
  })
  .on(Undo, async (ctx, undo) => {
    await remember(ctx, undo);
    const object = await undo.getObject(ctx);
    if (object instanceof Follow) for (const each of followers.values()) each.delete(undo.actorId.href);
  })
  .on(QuoteRequest, async (ctx, request) => { // mira lets everybody quote her
    await remember(ctx, request);
    const stamp = new QuoteAuthorization({
      id: ctx.getObjectUri(QuoteAuthorization, { identifier: "mira", id: String(++counter) }), attribution: ctx.getActorUri("mira"),
      interactingObject: request.instrumentId, interactionTarget: request.objectId,
    });
    stamps.set(stamp.id.href, stamp);
    await ctx.sendActivity({ identifier: "mira" }, await request.getActor(ctx), new Accept({
      id: fresh("mira", "accepts"), actor: ctx.getActorUri("mira"), object: request.id, result: stamp.id,
    }));
  })
  .on(Activity, remember)
  .onError((_ctx, error) => console.error("inbox:", error));

const at = (text) => Temporal.Instant.from(text);

const context = () => federation.createContext(new URL(origin), undefined);
const fresh = (name, what) => new URL(`#${what}/${++counter}`, context().getActorUri(name));
const people = () => [...followers.get("mira").values()];

async function someone(ctx, uri) {
  const loader = await ctx.getDocumentLoader({ identifier: "mira" });
  const found = await ctx.lookupObject(uri, { documentLoader: loader });
  if (found == null) throw new Error(`nothing at ${uri}`);
  return found;
}

// What the tests may ask for; each answers with what it made.
const CONTROL = {
  async look(ctx, { uri }) {
    return await (await someone(ctx, uri)).toJsonLd({ format: "compact" });
  },
  async follow(ctx, { uri }) {
    const follow = new Follow({ id: fresh("mira", "follows"), actor: ctx.getActorUri("mira"), object: new URL(uri) });
    await ctx.sendActivity({ identifier: "mira" }, await someone(ctx, uri), follow);
    return { id: follow.id.href };
  },
  async unfollow(ctx, { uri, id }) {
    const follow = new Follow({ id: new URL(id), actor: ctx.getActorUri("mira"), object: new URL(uri) });
    const undo = new Undo({ id: fresh("mira", "undos"), actor: ctx.getActorUri("mira"), object: follow });
    await ctx.sendActivity({ identifier: "mira" }, await someone(ctx, uri), undo);
    return { id: undo.id.href };
  },
  async post(ctx, { text, to, answers }) {
    const id = ctx.getObjectUri(Note, { identifier: "mira", id: String(++counter) });
    const person = to ? await someone(ctx, to) : null;
    const note = new Note({
      id, attribution: ctx.getActorUri("mira"), to: PUBLIC_COLLECTION, ccs: [ctx.getFollowersUri("mira"), person?.id].filter(Boolean),
      content: `<p>${text}</p>`, url: id, replyTarget: answers ? new URL(answers) : null,
      interactionPolicy: new InteractionPolicy({ canQuote: new InteractionRule({ automaticApproval: PUBLIC_COLLECTION }) }),
      tags: person ? [new Mention({ href: person.id, name: `@${person.preferredUsername}` })] : [],
      published: at(new Date().toISOString()),
    });
    notes.set(id.href, note);
    const create = new Create({
      id: new URL("#create", id), actor: ctx.getActorUri("mira"), object: note, to: PUBLIC_COLLECTION, ccs: [...note.ccIds],
    });
    await ctx.sendActivity({ identifier: "mira" }, [...people(), person].filter(Boolean), create);
    return { id: id.href };
  },
  async quote(ctx, { text, uri }) { // asks first, with the whole post; what comes of it arrives as an Accept
    const id = ctx.getObjectUri(Note, { identifier: "mira", id: String(++counter) });
    const note = new Note({
      id, attribution: ctx.getActorUri("mira"), to: PUBLIC_COLLECTION, ccs: [ctx.getFollowersUri("mira")],
      content: `<p>${text}</p>`, url: id, quote: new URL(uri), published: at(new Date().toISOString()),
    });
    notes.set(id.href, note);
    const author = await (await someone(ctx, uri)).getAttribution(ctx);
    await ctx.sendActivity({ identifier: "mira" }, author, new QuoteRequest({
      id: fresh("mira", "requests"), actor: ctx.getActorUri("mira"), object: new URL(uri), instrument: note,
    }));
    return { id: id.href };
  },
  async ask(ctx, { text, options }) {
    const id = ctx.getObjectUri(Note, { identifier: "mira", id: String(++counter) });
    const question = new Question({
      id, attribution: ctx.getActorUri("mira"), to: PUBLIC_COLLECTION, ccs: [ctx.getFollowersUri("mira")],
      content: `<p>${text}</p>`, url: id, exclusiveOptions: options.map((name) => new Note({ name })),
      published: at(new Date().toISOString()), endTime: at(new Date(Date.now() + 86_400_000).toISOString()),
    });
    notes.set(id.href, question);
    await ctx.sendActivity({ identifier: "mira" }, people(), new Create({
      id: new URL("#create", id), actor: ctx.getActorUri("mira"), object: question, to: PUBLIC_COLLECTION, ccs: [...question.ccIds],
    }));
    return { id: id.href };
  },
  async vote(ctx, { uri, name }) {
    const author = await (await someone(ctx, uri)).getAttribution(ctx);
    const id = fresh("mira", "votes");
    const vote = new Note({ id, attribution: ctx.getActorUri("mira"), to: author.id, name, replyTarget: new URL(uri) });
    await ctx.sendActivity({ identifier: "mira" }, author, new Create({
      id: new URL(`${id.href}/activity`), actor: ctx.getActorUri("mira"), object: vote, to: author.id,
    }));
    return { id: id.href };
  },
  async edit(ctx, { id, text }) {
    const note = notes.get(id).clone({ content: `<p>${text}</p>`, updated: at(new Date().toISOString()) });
    notes.set(id, note);
    await ctx.sendActivity({ identifier: "mira" }, people(), new Update({
      id: fresh("mira", "updates"), actor: ctx.getActorUri("mira"), object: note, to: PUBLIC_COLLECTION,
    }));
    return { id };
  },
  async delete(ctx, { id }) {
    notes.delete(id);
    await ctx.sendActivity({ identifier: "mira" }, people(), new Delete({
      id: fresh("mira", "deletes"), actor: ctx.getActorUri("mira"), object: new Tombstone({ id: new URL(id) }), to: PUBLIC_COLLECTION,
    }));
    return { id };
  },
  async like(ctx, { uri }) {
    const post = await someone(ctx, uri);
    const like = new Like({ id: fresh("mira", "likes"), actor: ctx.getActorUri("mira"), object: post.id });
    await ctx.sendActivity({ identifier: "mira" }, await post.getAttribution(ctx), like);
    return { id: like.id.href };
  },
  async boost(ctx, { uri }) {
    const post = await someone(ctx, uri);
    const boost = new Announce({
      id: fresh("mira", "boosts"), actor: ctx.getActorUri("mira"), object: post.id, to: PUBLIC_COLLECTION,
      cc: ctx.getFollowersUri("mira"), published: at(new Date().toISOString()),
    });
    await ctx.sendActivity({ identifier: "mira" }, [await post.getAttribution(ctx), ...people()], boost);
    return { id: boost.id.href };
  },
  async flag(ctx, { uris, text, to }) {
    const flag = new Flag({
      id: fresh("mira", "flags"), actor: ctx.getActorUri("mira"), objects: uris.map((uri) => new URL(uri)), content: text,
    });
    await ctx.sendActivity({ identifier: "mira" }, await someone(ctx, to), flag);
    return { id: flag.id.href };
  },
  async knock(ctx, { uri }) { // a delivery without a look at whom it is for
    const like = new Like({ id: fresh("mira", "likes"), actor: ctx.getActorUri("mira"), object: new URL(uri) });
    await ctx.sendActivity({ identifier: "mira" }, { id: new URL(uri), inboxId: new URL(`${uri}/inbox`) }, like);
    return { id: like.id.href };
  },
  async move(ctx) {
    movedTo = ctx.getActorUri("nils").href;
    await ctx.sendActivity({ identifier: "mira" }, people(), new Move({
      id: fresh("mira", "moves"), actor: ctx.getActorUri("mira"), object: ctx.getActorUri("mira"), target: ctx.getActorUri("nils"),
    }));
    return { id: movedTo };
  },
  async passOn(ctx, { text, to, forge }) { // nils passes on what mira proved; forged: what he made of it
    const id = ctx.getObjectUri(Note, { identifier: "mira", id: String(++counter) });
    const note = new Note({
      id, attribution: ctx.getActorUri("mira"), to: PUBLIC_COLLECTION, content: `<p>${text}</p>`, url: id,
      published: at(new Date().toISOString()),
    });
    const create = new Create({ id: new URL("#create", id), actor: ctx.getActorUri("mira"), object: note, to: PUBLIC_COLLECTION });
    const pair = (await ctx.getActorKeyPairs("mira")).find((each) => each.privateKey.algorithm.name === "Ed25519");
    const signed = await signObject(create, pair.privateKey, pair.multikey.id, { contextLoader: ctx.contextLoader });
    const sent = forge ? signed.clone({ object: note.clone({ content: "<p>What mira never wrote.</p>" }) }) : signed;
    await ctx.sendActivity({ identifier: "nils" }, await someone(ctx, to), sent);
    return { id: id.href };
  },
  async state() {
    return { received, proved: Object.fromEntries(proved), followers: Object.fromEntries([...followers].map(([name, all]) => [name, [...all.keys()]])) };
  },
};

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function control(verb, request, response) {
  try {
    const given = JSON.parse((await body(request)).toString() || "{}");
    const answer = await CONTROL[verb](context(), given);
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
  } catch (error) {
    response.writeHead(500, { "Content-Type": "application/json" }).end(JSON.stringify({ error: String(error.stack ?? error) }));
  }
}

async function prove(body) { // an activity's own proof, apart from the signature of the request that brought it
  const document = JSON.parse(body.toString());
  if (!document.proof) return;
  const ctx = context();
  const documentLoader = await ctx.getDocumentLoader({ identifier: "mira" });
  const found = await verifyObject(Activity, document, { documentLoader, contextLoader: ctx.contextLoader }).catch(console.error);
  proved.set(document.id, found != null);
}

async function federate(request, response) {
  const headers = new Headers();
  for (let i = 0; i < request.rawHeaders.length; i += 2) headers.append(request.rawHeaders[i], request.rawHeaders[i + 1]);
  const sent = ["GET", "HEAD"].includes(request.method) ? undefined : await body(request);
  const asked = new Request(new URL(request.url, origin), { method: request.method, headers, body: sent });
  if (sent?.length) await prove(sent);
  const answer = await federation.fetch(asked, { contextData: undefined });
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
}

createServer(async (request, response) => {
  const verb = request.url.startsWith("/control/") ? request.url.slice("/control/".length) : null;
  if (verb !== null && verb in CONTROL) await control(verb, request, response);
  else await federate(request, response);
}).listen(port, "127.0.0.1", () => console.log("ready"));
