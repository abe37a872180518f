// The functions behind the lists of conversations and documents. Node reads TypeScript itself; the hook finds the page's modules, which
// name each other without an ending, as their bundler reads them.

import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

registerHooks({
  resolve: (name, context, next) => {
    try {
      return next(name, context);
    } catch (error) {
      if (!name.startsWith(".")) throw error;
      return next(`${name}${name.endsWith("words") ? "/index" : ""}.ts`, context);
    }
  },
});
const source = pathToFileURL(`${process.env.PAGE_SOURCE}/`);
const { merge } = await import(new URL("conversations/list.ts", source));
const { markdownOf } = await import(new URL("conversations/markdown.ts", source));
const { fileName } = await import(new URL("conversations/save.ts", source));
const { Library } = await import(new URL("documents/library.ts", source));
const { LARGEST, Uploads } = await import(new URL("documents/uploads.ts", source));
const { attributesOf, found, pressed } = await import(new URL("documents/view.ts", source));
const { isOwn } = await import(new URL("documents/files.ts", source));
const { Problem } = await import(new URL("api/http.ts", source));
const { speak } = await import(new URL("words/index.ts", source));
const { day, setLocale, size } = await import(new URL("words/format.ts", source));

globalThis.document = { documentElement: {} };
await speak("en");
setLocale("en-GB");

const summary = (id, hour) => ({ id, title: id, started: `2026-01-01T0${hour}:00:00Z` });

test("the newest conversations replace what was known of them, and earlier ones stay", () => {
  const before = { items: [summary("c", 3), summary("gone", 2), summary("a", 1), summary("early", 0)], cursor: "older" };
  const newest = { items: [summary("d", 4), summary("c", 3), summary("a", 1)], nextCursor: "second" };
  const after = merge(newest, before);
  assert.deepEqual(after.items.map(({ id }) => id), ["d", "c", "a", "early"]);
  assert.equal(after.cursor, "older");
});

test("without earlier ones the next page follows the newest; without a next page there are no others", () => {
  const newest = { items: [summary("a", 1)], nextCursor: "second" };
  assert.equal(merge(newest, { items: [], cursor: null }).cursor, "second");
  assert.deepEqual(merge({ ...newest, nextCursor: null }, { items: [summary("b", 0)], cursor: "x" }), { items: newest.items, cursor: null });
});

const quote = (number, markUtf16, more = {}) => ({
  type: "data-citation",
  data: { number, markUtf16, title: "minerals.md", document: "guides/minerals.md", text: "Quartz *is* 7.", page: null, pageLabel: null, section: "Hardness", ...more },
});

test("marks of an export are footnotes with quote and place, and the documents stand at the end", () => {
  const text = "Quartz has 7 [1], not [2] 8 [1].";
  const parts = [{ type: "text", text }, quote(1, 13), quote(1, 28, { page: 4, pageLabel: "iv" }), { type: "text", text: "More [1]." }, quote(1, 5)];
  const markdown = markdownOf({
    id: "x",
    title: "How hard\nis it?",
    messages: [
      { id: "1", role: "user", parts: [{ type: "text", text: "How hard?" }] },
      { id: "2", role: "assistant", parts, metadata: { model: "nova" } },
    ],
  });
  assert.equal(
    markdown,
    `# How hard is it?

## You

How hard?

## Answer, nova

Quartz has 7 [^1], not [2] 8 [^2].

More [^3].

## Sources

- minerals.md (\`guides/minerals.md\`)

[^1]: minerals.md, Hardness: “Quartz \\*is\\* 7.”

[^2]: minerals.md, page iv, Hardness: “Quartz \\*is\\* 7.”

[^3]: minerals.md, Hardness: “Quartz \\*is\\* 7.”
`,
  );
});

test("an agent's calls are in the export, and their outcomes cannot end their code", () => {
  const call = { type: "dynamic-tool", toolName: "order_status", input: { id: "A-1" }, output: "a ` b\n# c" };
  const markdown = markdownOf({ id: "x", title: "t", messages: [{ id: "1", role: "assistant", parts: [call] }] });
  assert.ok(markdown.includes('> Calls `order_status` `{"id":"A-1"}`\n>\n> `` a ` b # c ``'), markdown);
});

test("a title is a file's name on any system", () => {
  assert.equal(fileName("../a: b/c?\u202Egnp.exe\u0000."), "a b c gnp.exe");
  assert.equal(fileName("..."), "");
  assert.equal([...fileName("x".repeat(500))].length, 80);
});

test("days are said as people say them", () => {
  assert.equal(day(new Date()), "Today");
  assert.equal(day(new Date(Date.now() - 86_400_000)), "Yesterday");
  assert.equal(day("2020-02-03T12:00:00Z"), "Monday, 3 February 2020");
});

test("sizes have the unit that suits them", () => {
  assert.deepEqual([0, 1, 999, 1500, 2_500_000].map(size), ["0 bytes", "1 byte", "999 bytes", "2 kB", "2.5 MB"]);
});

const named = (name, more = {}) => ({ id: name, name, uri: `s3://b/${name}`, size: 1, modified: "2026-01-01", status: "INDEXED", reason: null, warnings: [], ...more });

test("documents are found by all words, and sorted by a column and then by name", () => {
  const all = [named("b/page 10.md", { size: 5 }), named("a/Page 9.md", { size: null }), named("c.md", { size: 5, status: "FAILED" })];
  const names = (query, by, isDown) => found(all, query, { by, isDown }, ({ status }) => status, new Intl.Collator("en", { numeric: true })).map(({ name }) => name);
  assert.deepEqual(names("PAGE a/", "name", false), ["a/Page 9.md"]);
  assert.deepEqual(names("", "name", true), ["c.md", "b/page 10.md", "a/Page 9.md"]);
  assert.deepEqual(names("", "size", true), ["b/page 10.md", "c.md", "a/Page 9.md"]);
  assert.deepEqual(names("", "status", false), ["c.md", "a/Page 9.md", "b/page 10.md"]);
});

test("a press with Shift gives all from the press before the new state of this one", () => {
  const ids = ["a", "b", "c", "d"];
  assert.deepEqual([...pressed(new Set(["a"]), ids, "c", "a")], ["a", "b", "c"]);
  assert.deepEqual([...pressed(new Set(ids), ids, "b", "d")], ["a"]);
  assert.deepEqual([...pressed(new Set(), ids, "b", "gone")], ["b"]);
});

test("attributes have the kinds that the reader chose", () => {
  const entries = [["year", "number", "2024"], ["x", "number", "many"], ["open", "truth", "false"], ["tags", "list", "a, b,"], [" ", "text", "y"], ["team", "text", "7"]];
  assert.deepEqual(attributesOf(entries.map(([key, kind, value]) => ({ key, kind, value }))), { year: 2024, x: "many", open: false, tags: ["a", "b"], team: "7" });
});

test("of a folder, files that programs write for themselves are left out", () => {
  assert.deepEqual(["a/b.md", "a/.git/c", "a/~$b.docx", "a/node_modules/x.md", ".env"].map(isOwn), [true, false, false, false, false]);
});

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const file = (size = 1) => ({ size });

test("three uploads are under way at once; one that fails says why, and is tried again", async () => {
  const going = [];
  const send = (name, _file, metadata) => new Promise((resolve, reject) => going.push({ name, metadata, resolve, reject }));
  const uploads = new Uploads(send, async (id) => (id === "bad" ? named(id, { status: "FAILED", reason: "It is damaged." }) : named(id, { warnings: ["A picture."] })));
  const states = () => Object.fromEntries(uploads.shown().map(({ name, state }) => [name, state]));
  uploads.add([["a", file()], ["b", file()], ["c", file()], ["d", file()], ["none", file(0)], ["huge", file(LARGEST + 1)]], { year: 1 });
  assert.deepEqual(states(), { a: "uploading", b: "uploading", c: "uploading", d: "waiting", none: "failed", huge: "failed" });
  assert.equal(uploads.shown().at(-1).problem, "The file is too large: a document may have at most 52.4 MB.");
  going[0].resolve({ id: "a", unchanged: false });
  going[1].reject(new Problem("Not so", "It has a rule.", 400));
  going[2].resolve({ id: "bad", unchanged: false });
  await settled();
  assert.deepEqual(states(), { a: "ready", b: "failed", c: "failed", d: "uploading", none: "failed", huge: "failed" });
  assert.deepEqual(uploads.shown().slice(0, 3).map(({ problem, warnings }) => [problem, ...warnings]), [["", "A picture."], ["Not so. It has a rule."], ["It is damaged."]]);
  uploads.retry("b");
  assert.deepEqual([going.at(-1).name, going.at(-1).metadata, states().b], ["b", { year: 1 }, "uploading"]);
  uploads.clear();
  assert.deepEqual(states(), { b: "uploading", d: "uploading" });
});

test("an upload that is stopped says nothing any more, and makes way for the next", async () => {
  const going = [];
  const send = (name, _file, _metadata, _progress, signal) => new Promise((resolve) => going.push({ name, signal, resolve }));
  const uploads = new Uploads(send, async (id) => named(id));
  uploads.add(["a", "b", "c", "d"].map((name) => [name, file()]), {});
  uploads.cancel("a");
  assert.ok(going[0].signal.aborted);
  assert.equal(going.at(-1).name, "d");
  uploads.add([["b", file()]], {}); // again: the one before is stopped
  assert.ok(going[1].signal.aborted);
  going[1].resolve({ id: "b", unchanged: false });
  await settled();
  assert.deepEqual(uploads.shown().map(({ name, state }) => `${name} ${state}`), ["c uploading", "d uploading", "b uploading"]);
});

test("a document is deleted once neither bucket nor index has it", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const answers = [named("a", { status: "DELETING" }), named("a", { status: "DELETING" }), new Problem("Gone", "", 404)];
  const library = new Library({
    documents: async () => ({ items: [named("a"), named("b")], nextCursor: null }),
    deleteDocument: async () => named("a", { status: "DELETING" }),
    document: async () => {
      const next = answers.shift();
      if (next instanceof Error) throw next;
      return next;
    },
  });
  await library.load();
  let isGone;
  void library.remove("a").then((value) => (isGone = value));
  const seen = [];
  for (let looks = 0; looks < 3; looks++) {
    for (let ticks = 0; ticks < 20; ticks++) await Promise.resolve();
    seen.push(isGone, library.shown().documents.map(({ name, status }) => `${name} ${status}`).join());
    context.mock.timers.tick(5000);
  }
  for (let ticks = 0; ticks < 20; ticks++) await Promise.resolve();
  assert.deepEqual(seen, [undefined, "a DELETING,b INDEXED", undefined, "a DELETING,b INDEXED", undefined, "a DELETING,b INDEXED"]);
  assert.deepEqual([isGone, library.shown().documents.map(({ name }) => name)], [true, ["b"]]);
});

test("a list that cannot be loaded says why, and keeps what it had", async () => {
  let isDown = false;
  const library = new Library({
    documents: async (cursor) => {
      if (isDown) throw new Problem("Down", "", 503);
      return cursor ? { items: [named("b")], nextCursor: null } : { items: [named("a")], nextCursor: "next" };
    },
  });
  await library.load();
  assert.deepEqual([library.shown().documents.length, library.shown().isLoaded, library.shown().hasMore], [2, true, false]);
  isDown = true;
  await library.load();
  assert.deepEqual([library.shown().documents.length, library.shown().problem.title, library.shown().isLoading], [2, "Down", false]);
});
