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
