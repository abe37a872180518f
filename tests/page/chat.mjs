// The chat's functions that need no browser. Node reads TypeScript itself; `hooks` finds the page's modules.

import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

// The page's own modules name each other without an ending, as its bundler reads them.
registerHooks({
  resolve: (name, context, next) => {
    try {
      return next(name, context);
    } catch (error) {
      if (!name.startsWith(".")) throw error;
      return next(`${name}.ts`, context);
    }
  },
});
const source = pathToFileURL(`${process.env.PAGE_SOURCE}/`);
const { blocksOf, closed, sourcesOf, steady } = await import(new URL("chat/blocks.ts", source));
const { allowed, placedAnew, quoteIn, withChips } = await import(new URL("chat/marks.ts", source));
const { sentencesOf } = await import(new URL("chat/speech.ts", source));
const { find, plainOf } = await import(new URL("chat/passages.ts", source));
const { exchangesOf, bare } = await import(new URL("api/messages.ts", source));
const { evidenceOf, replacementOf, withPart, NO_EVIDENCE } = await import(new URL("api/evidence.ts", source));
const { documentId } = await import(new URL("api/content.ts", source));

const TEXT = `# Title

A paragraph with **bold** words,
over two lines.

- an item
- another

  with its own paragraph

\`\`\`python
print(1)

print(2)
\`\`\`

| a | b |
| - | - |
| 1 | 2 |

The end, see [this] and [1].

[this]: https://example.org
`;

test("the blocks of a text are the text", () => {
  const blocks = blocksOf(TEXT);
  assert.equal(blocks.map((block) => block.source).join(""), TEXT);
  assert.deepEqual(
    blocks.map((block) => block.kind),
    ["heading", "paragraph", "list", "code", "table", "paragraph", "definition"],
  );
});

test("a text that grows has the blocks that it has as a whole, wherever it is cut", () => {
  let blocks = [];
  for (let end = 1; end <= TEXT.length; end += 1) {
    const before = blocks;
    blocks = blocksOf(TEXT.slice(0, end), blocks);
    assert.deepEqual(blocks, blocksOf(TEXT.slice(0, end)), TEXT.slice(0, end));
    // What is whole is the same object, and is not rendered again.
    const kept = blocks.filter((block) => before.includes(block)).length;
    assert.ok(kept >= Math.min(before.length, blocks.length) - 1);
  }
});

test("a text that was replaced is read anew", () => {
  const blocks = blocksOf("One.\n\nTwo.\n\nThree.");
  assert.deepEqual(blocksOf("One.\n\nOther.", blocks), blocksOf("One.\n\nOther."));
  assert.deepEqual(blocksOf("", blocks), []);
});

test("a link finds its definition in another block", () => {
  const sources = sourcesOf(blocksOf(TEXT));
  assert.match(sources[5], /\[this\]: https:\/\/example\.org/);
  assert.doesNotMatch(sources[0], /example\.org/);
});

test("a text with footnotes is one block, for they are numbered through", () => {
  assert.equal(blocksOf("One[^1].\n\nTwo.\n\n[^1]: Note.").length, 1);
});

const STEADY = [
  ["Some **bold wor", "Some **bold wor**"],
  ["Some **", "Some"],
  ["Some *it", "Some *it*"],
  ["Some ***both", "Some ***both***"],
  ["Some `cod", "Some `cod`"],
  ["Some `", "Some"],
  ["See [the pa", "See the pa"],
  ["See [the page](https://exa", "See the page"],
  ["See [the page](https://example.org) now", "See [the page](https://example.org) now"],
  ["Quartz is hard [", "Quartz is hard"],
  ["Quartz is hard [1", "Quartz is hard"],
  ["Quartz is hard [1]", "Quartz is hard"],
  ["Quartz is hard [1].", "Quartz is hard [1]."],
  ["A picture ![of", "A picture"],
  ["snake_case_name and 2 * 3", "snake_case_name and 2 * 3"],
  ["**bold** and *it* done", "**bold** and *it* done"],
  ["Text\n-", "Text"],
  ["Text\n=", "Text"],
  ["- one\n- ", "- one"],
  ["1. one\n2", "1. one"],
  ["Text\n\n#", "Text\n"],
  ["Text\n| a | b |", "Text"],
  ["| a | b |\n", ""],
  ["| a | b |\n| -", ""],
  ["| a | b |\n| - | - |\n", "| a | b |\n| - | - |"],
  ["| a | b |\n| - | - |\n| 1 | 2 |\n| 3 ", "| a | b |\n| - | - |\n| 1 | 2 |"],
  ["```pyth", ""],
  ["```python\nprint(1)\n``", "```python\nprint(1)"],
  ["```python\nprint(**", "```python\nprint(**"],
];
for (const [written, shown] of STEADY)
  test(`while it is written, ${JSON.stringify(written)} is shown as ${JSON.stringify(shown)}`, () => assert.equal(steady(written), shown));

test("closing marks takes time in proportion to the text", () => {
  for (const sign of ["*", "_", "`", "[", "![", "](", "~~", "**a ", "\\"]) {
    const long = sign.repeat(20_000);
    const begin = performance.now();
    closed(long);
    steady(long);
    assert.ok(performance.now() - begin < 2000, sign);
  }
});

const quote = (number, markUtf16) => ({ number, markUtf16 });

test("marks become chips where the application has resolved them, and nowhere else", () => {
  const quotes = [quote(1, 6), quote(2, 20)];
  const text = "Hard [1]. samples[1] [2]";
  const chips = withChips(text, 0, [quote(1, 5), quote(2, 21)]);
  assert.match(chips, /^Hard\u00a0\[1\]\(#citation-\w+-0\)\. samples\[1\]\u00a0\[2\]\(#citation-\w+-1\)$/);
  const href = /\((#citation[^)]*)\)/.exec(chips)[1];
  assert.equal(quoteIn(href, quotes), quotes[0]);
  assert.equal(quoteIn("#citation-0", quotes), undefined);
  assert.equal(withChips(text, 0, quotes), text);
  assert.match(withChips("Soft [2].", 100, [quote(2, 105)]), /\[2\]\(#citation/);
});

test("a link leads to pages only", () => {
  assert.equal(allowed("https://example.org/"), "https://example.org/");
  for (const url of ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "/documents", "#citation-0", "blob:x", "vbscript:x"])
    assert.equal(allowed(url), "", url);
});

test("a screen reader hears whole sentences, without marks", () => {
  const text = "Quartz is **hard** [1]. It *really* scratches `glass`. And it";
  assert.deepEqual(sentencesOf(text, false, "en"), ["Quartz is hard.", "It really scratches glass."]);
  assert.equal(sentencesOf(text, true, "en").length, 3);
  assert.deepEqual(sentencesOf("| a | b |\n| - | - |", true, "en"), ["a b"]);
});

test("a quote is found in the document, however its lines are broken", () => {
  assert.deepEqual(find("is hard", "Quartz is hard."), [7, 14]);
  const document = "Quartz\n  is   **hard**, and clear.";
  const [start, end] = find("Quartz is hard, and", document);
  assert.equal(document.slice(start, end), "Quartz\n  is   **hard**, and");
  assert.equal(find("is soft", document), undefined);
  assert.equal(find("", document), undefined);
});

test("a page's words are read as text, and nothing of it as HTML", () => {
  const html = "<title>T</title><style>p{}</style><p>One &amp; <b>two</b></p><script>alert('<p>')</script><!-- no --><p>three&#33;";
  assert.equal(plainOf(html), "T\n\nOne & two\n\nthree!");
  assert.equal(plainOf("a < b"), "a");
});

test("messages are questions with their answers", () => {
  const message = (id, role) => ({ id, role, parts: [] });
  const exchanges = exchangesOf([message("0", "assistant"), message("1", "user"), message("2", "assistant"), message("3", "user")]);
  assert.deepEqual(
    exchanges.map(({ question, answers }) => [question?.id, answers.map((one) => one.id)]),
    [[undefined, ["0"]], ["1", ["2"]], ["3", []]],
  );
});

test("a question is sent without what only the page needs", () => {
  assert.deepEqual(bare({ id: "1", role: "user", metadata: { turn: 1 }, parts: [] }), { id: "1", role: "user", parts: [] });
});

test("what a blocked answer is replaced by is the last verdict on it", () => {
  const verdict = (source, action, text) => ({ type: "data-guardrail", data: { source, action, text, policies: [] } });
  let evidence = NO_EVIDENCE;
  for (const part of [verdict("question", "masked", "q"), verdict("answer", "none", null)]) evidence = withPart(evidence, part);
  assert.equal(replacementOf(evidence), undefined);
  evidence = withPart(withPart(evidence, verdict("answer", "masked", "m")), verdict("answer", "blocked", "b"));
  assert.deepEqual(replacementOf(evidence), { text: "b", isBlocked: true });
  assert.equal(withPart(evidence, { type: "text-delta" }), evidence);
  assert.deepEqual(evidenceOf({ parts: [verdict("answer", "masked", "m")] }).verdicts.length, 1);
});

test("a document's id is its path in base64url", () => {
  assert.equal(documentId("guides/setup.md"), "Z3VpZGVzL3NldHVwLm1k");
  assert.equal(documentId("Größe ✓.pdf"), Buffer.from("Größe ✓.pdf").toString("base64url"));
});

test("in a masked answer the marks are found again, in their order", () => {
  const placed = placedAnew("{NAME} says [1], and [2] [1].", [quote(2, 30), quote(1, 20), quote(1, 34), quote(3, 40)]);
  assert.deepEqual(placed.map(({ number, markUtf16 }) => [number, markUtf16]), [[1, 12], [2, 21], [1, 25], [3, null]]);
});
