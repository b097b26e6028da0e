// A long session with masto.js: what a bot, or a client that people use in the browser, does in its life.
// Started with the server's address. Where somebody has to agree in a browser it prints `agree NAME ADDRESS` and reads
// the code from its input, a line each; `done` is its last word.
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";

const [url] = process.argv.slice(2);
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const SCOPE = "read write follow push";
const REDIRECT = "http://127.0.0.1/back";
const DOT =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const step = (name) => console.log(`- ${name}`);

async function signIn(name) {
  const stranger = createRestAPIClient({ url });
  const app = await stranger.v1.apps.create({
    clientName: `${name}'s client`, redirectUris: REDIRECT, scopes: SCOPE, website: "https://client.example",
  });
  const keys = { client_id: app.clientId, redirect_uri: REDIRECT, response_type: "code", scope: SCOPE };
  console.log(`agree ${name} ${url}/oauth/authorize?${new URLSearchParams(keys)}`);
  const code = (await input.next()).value;
  const oauth = createOAuthAPIClient({ url });
  const { clientId, clientSecret } = app;
  const given = { grantType: "authorization_code", clientId, clientSecret, redirectUri: REDIRECT, code };
  const token = await oauth.token.create(given);
  assert.equal(token.tokenType, "Bearer");
  const api = createRestAPIClient({ url, accessToken: token.accessToken });
  const me = await api.v1.accounts.verifyCredentials();
  assert.equal(me.acct, name);
  return { api, me, token: token.accessToken, leave: () => oauth.revoke({ clientId, clientSecret, token: token.accessToken }) };
}

async function refused(statusCode, promise) {
  await assert.rejects(promise, (error) => error.name === "MastoHttpError" && error.statusCode === statusCode);
}

/** All pages of a list, one after another. */
async function pages(paginator) {
  const found = [];
  for await (const page of paginator) found.push(page);
  return found;
}

const ids = (things) => things.map((thing) => thing.id);

step("two people register their programs and sign in");
const ana = await signIn("ana");
const ben = await signIn("ben");
const instance = await ana.api.v2.instance.fetch();
assert.equal(instance.configuration.translation.enabled, false);

step("they find each other, follow, and keep a note");
const [found] = await ana.api.v1.accounts.search.list({ q: "ben", limit: 1 });
assert.equal(found.id, ben.me.id);
assert.equal((await ana.api.v1.accounts.lookup({ acct: "ben" })).id, ben.me.id);
assert.equal((await ana.api.v1.accounts.$select(ben.me.id).follow({ notify: true })).following, true);
assert.equal((await ben.api.v1.accounts.$select(ana.me.id).follow()).following, true);
assert.equal((await ana.api.v1.accounts.$select(ben.me.id).note.create({ comment: "from the choir" })).note, "from the choir");
const [relation] = await ana.api.v1.accounts.relationships.fetch({ id: [ben.me.id] });
assert.deepEqual([relation.notifying, relation.followedBy], [true, true]);

step("streams over WebSocket: several in one connection");
const streams = createStreamingAPIClient({
  streamingApiUrl: instance.configuration.urls.streaming, accessToken: ana.token, implementation: WebSocket,
});
const user = streams.user.subscribe(), tagged = streams.hashtag.subscribe({ tag: "river" });
const heard = { user: [], tagged: [] };
const listening = [
  (async () => { for await (const event of user) heard.user.push(event); })(),
  (async () => { for await (const event of tagged) heard.tagged.push(event); })(),
];
/** What came down a stream that fits, once it does; whoever posts first may be faster than the subscription. */
async function hears(where, fits, again) {
  for (let tried = 0; tried < 600; tried++) {
    const event = heard[where].find(fits);
    if (event) return event;
    if (again && tried % 20 === 0) await again();
    await new Promise((go) => setTimeout(go, 50));
  }
  assert.fail(`nothing like that came down ${where}: ${JSON.stringify(heard[where].map((event) => event.event))}`);
}
const knock = () => ben.api.v1.statuses.create({ status: "is anybody there?" });
await hears("user", (event) => event.event === "update", knock);
await hears("tagged", (event) => event.event === "update",
  () => ben.api.v1.statuses.create({ status: "look at the #river" }));

step("a post with a picture, described, whose focus is changed in an edit");
const file = new Blob([Buffer.from(DOT, "base64")], { type: "image/png" });
const media = await ben.api.v2.media.create({ file, description: "a dot", focus: "0.5,-0.5" });
assert.deepEqual([media.type, media.description], ["image", "a dot"]);
const pictured = await ben.api.v1.statuses.create({
  status: "A dot @ana #river", mediaIds: [media.id], sensitive: true, spoilerText: "dots", language: "en",
});
assert.deepEqual(ids(pictured.mediaAttachments), [media.id]);
assert.equal(pictured.mentions[0].id, ana.me.id);
const told = await hears("user", (event) => event.event === "notification" && event.payload.status?.id === pictured.id);
assert.equal(told.payload.type, "mention");
await hears("tagged", (event) => event.payload?.id === pictured.id);
await ben.api.v1.statuses.$select(pictured.id).update({
  status: "A small dot @ana #river", mediaIds: [media.id],
  mediaAttributes: [{ id: media.id, description: "a small dot", focus: "0,0" }],
});
const edited = await hears("user", (event) => event.event === "status.update" && event.payload.id === pictured.id);
assert.equal(edited.payload.mediaAttachments[0].description, "a small dot");
assert.equal((await ana.api.v1.statuses.$select(pictured.id).history.list()).length, 2);
assert.equal((await ben.api.v1.statuses.$select(pictured.id).source.fetch()).text, "A small dot @ana #river");

step("the same post sent twice is one post");
const once = { requestInit: { headers: { "Idempotency-Key": "tea" } } };
const poll = { options: ["tea", "coffee", "water"], expiresIn: 3600, multiple: true };
const asked = await ana.api.v1.statuses.create({ status: "What will it be?", poll }, once);
assert.equal((await ana.api.v1.statuses.create({ status: "What will it be?", poll }, once)).id, asked.id);

step("a poll is voted in once");
const voted = await ben.api.v1.polls.$select(asked.poll.id).votes.create({ choices: [0, 2] });
assert.deepEqual([voted.voted, voted.ownVotes, voted.votersCount], [true, [0, 2], 1]);
await refused(422, ben.api.v1.polls.$select(asked.poll.id).votes.create({ choices: [0] }));

step("replies, threads, likes, boosts, bookmarks, pins, quotes");
const at = (person, id) => person.api.v1.statuses.$select(id);
const reply = await ben.api.v1.statuses.create({ status: "@ana tea, as ever", inReplyToId: asked.id });
const thread = await at(ana, asked.id).context.fetch();
assert.deepEqual(ids(thread.descendants), [reply.id]);
assert.equal((await at(ana, reply.id).favourite()).favourited, true);
assert.equal((await at(ben, asked.id).reblog()).reblog.id, asked.id);
assert.equal((await at(ben, asked.id).bookmark()).bookmarked, true);
assert.equal((await at(ana, asked.id).pin()).pinned, true);
assert.deepEqual(ids(await ana.api.v1.accounts.$select(ana.me.id).statuses.list({ pinned: true })), [asked.id]);
assert.deepEqual(ids(await at(ana, reply.id).favouritedBy.list()), [ana.me.id]);
assert.deepEqual(ids(await at(ana, asked.id).rebloggedBy.list()), [ben.me.id]);
assert.deepEqual(ids(await ben.api.v1.bookmarks.list()), [asked.id]);
assert.deepEqual(ids(await ana.api.v1.favourites.list()), [reply.id]);
const quoting = await ben.api.v1.statuses.create({ status: "Worth asking", quotedStatusId: asked.id });
assert.deepEqual([quoting.quote.state, quoting.quote.quotedStatus.id], ["accepted", asked.id]);
assert.deepEqual(ids(await at(ana, asked.id).quotes.list()), [quoting.id]);
assert.equal((await at(ben, asked.id).unreblog()).reblogged, false);

step("timelines are read from page to page");
for (let number = 0; number < 7; number++) await ben.api.v1.statuses.create({ status: `verse ${number} #song` });
const verses = await pages(ana.api.v1.timelines.tag.$select("song").list({ limit: 3 }));
assert.deepEqual(verses.map((page) => page.length), [3, 3, 1]);
assert.equal(new Set(verses.flat().map((one) => one.content)).size, 7);
const newer = await ana.api.v1.timelines.tag.$select("song").list({ minId: verses[2][0].id, limit: 2 });
assert.deepEqual(ids(newer), ids([verses[1][1], verses[1][2]]));
const home = await ana.api.v1.timelines.home.list({ limit: 40 });
assert.ok(ids(home).includes(pictured.id) && ids(home).includes(asked.id));
assert.ok(ids(await createRestAPIClient({ url }).v1.timelines.public.list({ local: true })).includes(quoting.id));

step("lists");
const list = await ana.api.v1.lists.create({ title: "Choir" });
const choir = ana.api.v1.lists.$select(list.id);
await choir.accounts.create({ accountIds: [ben.me.id] });
assert.deepEqual(ids(await choir.accounts.list()), [ben.me.id]);
assert.ok((await ana.api.v1.timelines.list.$select(list.id).list()).length > 0);
assert.equal((await choir.update({ title: "The choir", exclusive: true })).exclusive, true);
assert.deepEqual(ids(await ana.api.v1.accounts.$select(ben.me.id).lists.list()), [list.id]);
await choir.accounts.remove({ accountIds: [ben.me.id] });
await choir.remove();
assert.deepEqual(await ana.api.v1.lists.list(), []);

step("filters are matched by the server");
const filter = await ana.api.v2.filters.create({
  title: "Verses", context: ["home", "public"], filterAction: "warn", keywordsAttributes: [{ keyword: "verse", wholeWord: true }],
});
const [match] = (await at(ana, verses[0][0].id).fetch()).filtered;
assert.deepEqual([match.filter.title, match.keywordMatches], ["Verses", ["verse"]]);
await hears("user", (event) => event.event === "filters_changed");
const held = ana.api.v2.filters.$select(filter.id);
const word = await held.keywords.create({ keyword: "chorus" });
assert.equal((await ana.api.v2.filters.keywords.$select(word.id).update({ keyword: "refrain" })).keyword, "refrain");
await ana.api.v2.filters.keywords.$select(word.id).remove();
await held.statuses.create({ statusId: pictured.id });
assert.deepEqual((await at(ana, pictured.id).fetch()).filtered[0].statusMatches, [pictured.id]);
assert.deepEqual((await held.fetch()).keywords.map((one) => one.keyword), ["verse"]);
await held.remove();

step("notifications in groups, one by one, and kept apart");
await at(ben, asked.id).favourite();
const groups = await ana.api.v2.notifications.list({ types: ["favourite", "mention", "quote"] });
const liked = groups.notificationGroups.find((group) => group.type === "favourite");
assert.deepEqual([liked.statusId, liked.notificationsCount, liked.sampleAccountIds], [asked.id, 1, [ben.me.id]]);
assert.ok(groups.accounts.some((account) => account.id === ben.me.id));
assert.deepEqual(ids(await ana.api.v2.notifications.$select(liked.groupKey).accounts.fetch()), [ben.me.id]);
assert.ok((await ana.api.v2.notifications.unreadCount.fetch()).count > 2);
const mentions = await ana.api.v1.notifications.list({ types: ["mention"] });
assert.ok(mentions.every((one) => one.type === "mention") && mentions.length === 2);
await ana.api.v1.notifications.$select(mentions[0].id).dismiss();
assert.equal((await ana.api.v1.notifications.list({ types: ["mention"] })).length, 1);
const policy = await ana.api.v2.notifications.policy.update({ forNotFollowing: "filter" });
assert.equal(policy.forNotFollowing, "filter");
const markers = await ana.api.v1.markers.create({ notifications: { lastReadId: mentions[0].id } });
assert.equal(markers.notifications.lastReadId, mentions[0].id);
await ana.api.v1.notifications.clear();

step("search finds people, hashtags and one's own words");
assert.deepEqual(ids((await ana.api.v2.search.list({ q: "ben", type: "accounts" })).accounts), [ben.me.id]);
assert.deepEqual((await ana.api.v2.search.list({ q: "#song", type: "hashtags" })).hashtags.map((tag) => tag.name), ["song"]);
assert.deepEqual(ids((await ana.api.v2.search.list({ q: "what will", type: "statuses" })).statuses), [asked.id]);

step("hashtags are followed");
assert.equal((await ana.api.v1.tags.$select("river").follow()).following, true);
assert.deepEqual((await ana.api.v1.followedTags.list()).map((tag) => tag.name), ["river"]);
assert.equal((await ana.api.v1.tags.$select("river").unfollow()).following, false);

step("a private word is a conversation");
const psst = await ben.api.v1.statuses.create({ status: "@ana psst", visibility: "direct" });
const [talk] = await ana.api.v1.conversations.list();
assert.deepEqual([talk.unread, talk.lastStatus.id], [true, psst.id]);
assert.equal((await ana.api.v1.conversations.$select(talk.id).read()).unread, false);

step("a report, a mute, a block");
const report = await ana.api.v1.reports.create({ accountId: ben.me.id, statusIds: [quoting.id], comment: "loud", category: "other" });
assert.deepEqual([report.actionTaken, report.targetAccount.id], [false, ben.me.id]);
const them = ana.api.v1.accounts.$select(ben.me.id);
assert.equal((await them.mute({ duration: 60 })).muting, true);
assert.ok((await ana.api.v1.mutes.list())[0].muteExpiresAt);
assert.equal((await them.unmute()).muting, false);
assert.equal((await them.block()).blocking, true);
assert.deepEqual(ids(await ana.api.v1.blocks.list()), [ben.me.id]);
assert.equal((await them.unblock()).blocking, false);

step("a post that is deleted is gone from open streams");
await ana.api.v1.accounts.$select(ben.me.id).follow();
const short = await ana.api.v1.statuses.create({ status: "only for a moment" });
await hears("user", (event) => event.event === "update" && event.payload.id === short.id);
assert.equal((await at(ana, short.id).remove()).text, "only for a moment");
await hears("user", (event) => event.event === "delete" && event.payload === short.id);

step("the profile is changed");
const changed = await ana.api.v1.accounts.updateCredentials({
  displayName: "Ana of the choir", note: "I sing.", fieldsAttributes: [{ name: "Voice", value: "Alto" }], source: { privacy: "unlisted" },
});
assert.deepEqual([changed.source.privacy, changed.source.fields[0].name], ["unlisted", "Voice"]);
assert.equal((await ana.api.v1.preferences.fetch())["posting:default:visibility"], "unlisted");

step("whoever leaves is let in no more");
streams.close();
await Promise.all(listening);
await ben.leave();
await refused(401, ben.api.v1.accounts.verifyCredentials());
console.log("done");
process.exit(0);
