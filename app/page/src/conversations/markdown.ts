// A conversation as Markdown: each mark of an answer is a footnote, with the quote and where it stands; all documents are listed at the end.

import type { Quote } from "../api/answers";
import type { Part, Thread } from "../api/history";
import { words } from "../words";
import { dateAndTime } from "../words/format";

export function markdownOf({ title, messages }: Thread): string {
  const notes: string[] = [];
  const sources = new Map<string, string>();
  const blocks = [`# ${oneLine(title)}`];
  for (const { role, parts, metadata } of messages) {
    const by = role === "user" ? words.chat.you : [words.chat.answer, metadata?.model].filter(Boolean).join(", ");
    blocks.push(`## ${oneLine(by)}`);
    if (metadata?.at) blocks.push(`*${dateAndTime(metadata.at)}*`);
    parts.forEach((part, index) => {
      if (part.type === "text" && part.text.trim()) blocks.push(withNotes(part.text, quotesOf(parts, index), notes, sources));
      if (part.type === "dynamic-tool") blocks.push(stepOf(part));
    });
  }
  if (sources.size) {
    blocks.push(`## ${words.chat.sources}`, [...sources].map(([path, name]) => `- ${path === name ? escaped(name) : `${escaped(name)} (${code(path)})`}`).join("\n"));
  }
  return `${[...blocks, ...notes].join("\n\n")}\n`;
}

/** The quotes of a text: what follows it, up to the next text. Their places count from its beginning. */
function quotesOf(parts: Part[], index: number): Quote[] {
  const quotes: Quote[] = [];
  for (const part of parts.slice(index + 1)) {
    if (part.type === "text") break;
    if (part.type === "data-citation") quotes.push(part.data);
  }
  return quotes;
}

function withNotes(text: string, quotes: Quote[], notes: string[], sources: Map<string, string>): string {
  const marks = quotes
    .flatMap((quote) => (quote.markUtf16 === null ? [] : [{ quote, begin: quote.markUtf16 }]))
    .sort((one, other) => one.begin - other.begin);
  let result = "";
  let end = 0;
  for (const { quote, begin } of marks) {
    const mark = `[${quote.number}]`;
    if (begin < end || !text.startsWith(mark, begin)) continue;
    notes.push(noteOf(notes.length + 1, quote));
    sources.set(quote.document, quote.title);
    result += `${text.slice(end, begin)}[^${notes.length}]`;
    end = begin + mark.length;
  }
  return result + text.slice(end);
}

function noteOf(number: number, quote: Quote): string {
  const page = quote.page ? words.chat.page(quote.pageLabel ?? String(quote.page)) : "";
  const place = [quote.title, page, quote.section].filter(Boolean).map((one) => escaped(one!));
  return `[^${number}]: ${place.join(", ")}: “${escaped(quote.text)}”`;
}

function stepOf(part: Extract<Part, { type: "dynamic-tool" }>): string {
  const outcome = part.errorText ?? (typeof part.output === "string" ? part.output : part.output === undefined ? "" : JSON.stringify(part.output));
  const call = `${words.chat.calls(code(part.toolName))} ${code(JSON.stringify(part.input))}`;
  return `> ${call}${outcome ? `\n>\n> ${code(outcome)}` : ""}`;
}

/** Text that must not be read as Markdown: it is a document's or a person's, not the answer's. */
const escaped = (text: string) => oneLine(text).replace(/[\\`*_[\]<>#|~]/g, "\\$&");
const oneLine = (text: string) => text.replace(/\s+/g, " ").trim();

/** Text as a span of code, which may have accents of its own. */
function code(text: string): string {
  const line = oneLine(text);
  const fence = "`".repeat(1 + Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length)));
  return fence.length > 1 ? `${fence} ${line} ${fence}` : `\`${line}\``;
}
