// Where a quote stands in the document that it was taken from.

/** The span of a quote in a text. Parsers join lines and collapse spaces, so spaces are compared as one. */
export function find(quote: string, text: string): [number, number] | undefined {
  const exact = quote ? text.indexOf(quote) : -1;
  if (exact >= 0) return [exact, exact + quote.length];
  const wanted = squeezed(quote).text.trim();
  const given = squeezed(text);
  const at = wanted ? given.text.indexOf(wanted) : -1;
  if (at < 0) return undefined;
  return [given.places[at]!, given.places[at + wanted.length - 1]! + 1];
}

/** The text with every run of spaces as one space, without Markdown's signs, and for each sign where it stood. */
function squeezed(text: string): { text: string; places: number[] } {
  let result = "";
  const places: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const sign = text[index]!;
    if ("*_`#>|".includes(sign)) continue;
    const isSpace = /\s/.test(sign);
    if (isSpace && (result.endsWith(" ") || !result)) continue;
    result += isSpace ? " " : sign;
    places.push(index);
  }
  return { text: result, places };
}

const HIDDEN = new Set(["script", "style", "template", "noscript"]);
const BLOCKS = /^(?:p|div|br|h[1-6]|li|tr|section|article|header|footer|table|ul|ol|pre|blockquote|title|dt|dd)$/;
const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** The words of an HTML page, as text: nothing of it is ever read as HTML here. */
export function plainOf(html: string): string {
  const lower = html.toLowerCase();
  let result = "";
  for (let index = 0; index < html.length; ) {
    const tag = html.indexOf("<", index);
    result += entities(html.slice(index, tag < 0 ? html.length : tag));
    if (tag < 0) break;
    if (html.startsWith("<!--", tag)) {
      const end = html.indexOf("-->", tag);
      index = end < 0 ? html.length : end + 3;
      continue;
    }
    const end = html.indexOf(">", tag);
    if (end < 0) break;
    const name = /^<\/?([a-z][a-z0-9]*)/i.exec(html.slice(tag, tag + 20))?.[1]?.toLowerCase() ?? "";
    index = end + 1;
    if (HIDDEN.has(name) && html[tag + 1] !== "/") {
      const close = lower.indexOf(`</${name}`, index);
      index = close < 0 ? html.length : close;
    } else if (BLOCKS.test(name)) result += "\n";
  }
  return result.replace(/[ \t]*\n\s*\n\s*/g, "\n\n").trim();
}

const entities = (text: string) =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));/gi, (whole, hex: string, decimal: string, name: string) => {
    if (name) return ENTITIES[name.toLowerCase()] ?? whole;
    const code = hex ? parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
