// The marks of citations in an answer's Markdown.

import type { Quote } from "../api/answers";

// An answer cannot know it, so a link that it writes itself is no chip.
const CITATION = `#citation-${Math.random().toString(36).slice(2)}-`;

/** The text with its marks made links, of which chips are made. Only marks that the application has resolved are such: an answer may
 * have numbers in brackets that are none. */
export function withChips(text: string, begin: number, quotes: Quote[]): string {
  let result = "";
  let end = 0;
  const places = quotes
    .map((quote, index) => ({ index, mark: quote.markUtf16 === null ? -1 : quote.markUtf16 - begin, label: `[${quote.number}]` }))
    .filter(({ mark, label }) => mark >= 0 && text.startsWith(label, mark))
    .sort((one, other) => one.mark - other.mark);
  for (const { index, mark, label } of places) {
    if (mark < end) continue;
    // A chip stays on the line of the word before it.
    const before = text.slice(end, mark).replace(/(?<=\S) $/, "\u00a0");
    result += `${before}[${label.slice(1, -1)}](${CITATION}${index})`;
    end = mark + label.length;
  }
  return result + text.slice(end);
}

/** The quotes at the places that their marks have in a text in which the guardrail has masked parts, in the same order. */
export function placedAnew(text: string, quotes: Quote[]): Quote[] {
  let from = 0;
  const ordered = quotes.filter((quote) => quote.markUtf16 !== null).sort((one, other) => one.markUtf16! - other.markUtf16!);
  return ordered.map((quote) => {
    const label = `[${quote.number}]`;
    const mark = text.indexOf(label, from);
    if (mark < 0) return { ...quote, markUtf16: null };
    from = mark + label.length;
    return { ...quote, markUtf16: mark };
  });
}

/** Which quote a chip's link is of. */
export const quoteIn = (href: string | undefined, quotes: Quote[]): Quote | undefined =>
  href?.startsWith(CITATION) ? quotes[Number(href.slice(CITATION.length))] : undefined;

/** Where a link of an answer may lead: to other pages, by https or http, and to our own chips. */
export function allowed(url: string): string {
  if (url.startsWith(CITATION)) return url;
  try {
    const { protocol } = new URL(url);
    return protocol === "https:" || protocol === "http:" ? url : "";
  } catch {
    return "";
  }
}
