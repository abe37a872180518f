// Markdown that is still being written, as blocks that stay as they are once they are whole. Each is rendered once; only the last one
// changes with every word, and what in it may yet become something else is held back or closed, so that nothing jumps.

import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";

export interface Block {
  /** Where its source begins in the text. */
  start: number;
  source: string;
  kind: string;
}

const SYNTAX = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] };

/** The blocks of a text. Of the blocks `before`, those that the text still begins with are kept, but for the last: it may go on. */
export function blocksOf(text: string, before: Block[] = []): Block[] {
  let known = 0;
  while (known < before.length - 1 && text.startsWith(before[known]!.source, before[known]!.start)) known += 1;
  const blocks = before.slice(0, known);
  const begin = known ? blocks[known - 1]!.start + blocks[known - 1]!.source.length : 0;
  const rest = text.slice(begin);
  const found = fromMarkdown(rest, SYNTAX).children;
  const starts = found.map((node, index) => (index ? lineStart(rest, node.position!.start.offset!) : 0));
  found.forEach((node, index) => {
    const source = rest.slice(starts[index]!, starts[index + 1]);
    if (source) blocks.push({ start: begin + starts[index]!, source, kind: node.type });
  });
  // A footnote is numbered by all that stands before it: such a text is one block.
  return blocks.some((block) => block.kind === "footnoteDefinition") ? [{ start: 0, source: text, kind: "root" }] : blocks;
}

/** The source of each block, with the definitions of links that it may name. */
export function sourcesOf(blocks: Block[]): string[] {
  const definitions = blocks.filter((block) => block.kind === "definition").map((block) => block.source);
  if (!definitions.length) return blocks.map((block) => block.source);
  return blocks.map((block) => (block.kind !== "definition" && block.source.includes("]") ? `${block.source}\n\n${definitions.join("\n")}` : block.source));
}

const lineStart = (text: string, offset: number) => text.lastIndexOf("\n", offset - 1) + 1;

/** The last block, while more of it is on its way, as it can be shown. */
export function steady(source: string): string {
  const lines = source.split("\n");
  const fence = openFence(lines);
  const last = lines.length - 1;
  if (fence !== undefined) {
    // The fence's own line is not whole yet, or its last line may become the one that closes it.
    if (fence === last) return lines.slice(0, last).join("\n");
    return /^\s*[`~]{1,3}$/.test(lines[last]!) ? lines.slice(0, last).join("\n") : source;
  }
  const table = tableBegin(lines);
  if (table !== undefined) {
    const isTable = table + 2 < lines.length && isDelimiter(lines[table + 1]!);
    const isText = table + 2 < lines.length && !isTable;
    if (!isText) return lines.slice(0, isTable ? last : table).join("\n");
  }
  if (isMarker(lines[last]!)) return lines.slice(0, last).join("\n");
  const paragraph = lines.findLastIndex((line) => !line.trim()) + 1;
  return [...lines.slice(0, paragraph), closed(lines.slice(paragraph).join("\n"))].join("\n");
}

/** The line of the fence that no other closes. */
function openFence(lines: string[]): number | undefined {
  let open: { line: number; sign: string } | undefined;
  lines.forEach((line, index) => {
    const sign = /^(?:[\s>]|[-*+] |\d{1,9}[.)] )*(`{3,}|~{3,})/.exec(line)?.[1];
    if (!sign) return;
    if (!open) open = { line: index, sign };
    else if (sign[0] === open.sign[0] && sign.length >= open.sign.length) open = undefined;
  });
  return open?.line;
}

/** The first of the rows that the text ends with. */
function tableBegin(lines: string[]): number | undefined {
  const end = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  let begin = end;
  while (begin > 0 && lines[begin - 1]!.trimStart().startsWith("|")) begin -= 1;
  return begin < end ? begin : undefined;
}

const isDelimiter = (line: string) => line.includes("-") && /^[\s|:-]+$/.test(line);

/** Whether a line has only begun: "-" may become an item, a heading's underline, or a rule. */
const isMarker = (line: string) => /^\s*(?:[-*+_=>#`~]{1,6}|\d{1,9}[.)]?)\s?$/.test(line);

const CLOSES = ["**", "__", "~~", "*", "_"];

/** A paragraph with its open marks closed: bold, code and links look so from their first word. */
export function closed(text: string): string {
  const open: string[] = [];
  let bracket: number | undefined; // where "[" stands that no "]" has closed
  for (let index = 0; index < text.length; ) {
    const sign = text[index]!;
    if (sign === "\\") {
      index += 2;
      continue;
    }
    if (sign === "`") {
      const run = /^`+/.exec(text.slice(index))![0];
      const end = text.indexOf(run, index + run.length);
      if (end < 0) return index + run.length === text.length ? close(text.slice(0, index), open) : close(text + run, open);
      index = end + run.length;
      continue;
    }
    if (sign === "[") bracket = text[index - 1] === "!" ? index - 1 : index;
    if (sign === "]" && bracket !== undefined) {
      if (text[index + 1] !== "(") bracket = index + 1 === text.length ? bracket : undefined;
      else {
        const end = text.indexOf(")", index);
        if (end < 0) return close(withoutLink(text, bracket, index), open);
        bracket = undefined;
        index = end;
      }
    }
    const mark = CLOSES.find((one) => text.startsWith(one, index));
    if (mark) {
      const before = text[index - 1] ?? " ";
      const after = text[index + mark.length] ?? " ";
      const isWord = mark[0] === "_" && /[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(after);
      if (open.includes(mark) && !/\s/.test(before)) open.splice(open.lastIndexOf(mark));
      else if (!isWord && (!/\s/.test(after) || (index + mark.length === text.length && !open.includes(mark)))) open.push(mark);
      index += mark.length;
      continue;
    }
    index += 1;
  }
  if (bracket !== undefined) return close(withoutLink(text, bracket, text.length), open);
  return close(text, open);
}

/** The text of a link whose address is not whole; nothing of what may become a citation's mark. */
function withoutLink(text: string, bracket: number, end: number): string {
  const label = text.slice(text[bracket] === "!" ? bracket + 2 : bracket + 1, end);
  const isMark = /^\d*\]?$/.test(label);
  return text.slice(0, bracket).trimEnd() + (isMark || text[bracket] === "!" ? "" : ` ${label.replace(/\]$/, "")}`);
}

function close(text: string, open: string[]): string {
  let result = text.trimEnd();
  for (const mark of open.toReversed()) {
    // With nothing after it yet, a mark would be shown as what it is.
    if (result.endsWith(mark)) result = result.slice(0, -mark.length).trimEnd();
    else result += mark;
  }
  return result;
}
