// What a turn was answered from, and when each part of it came.

import type { Budget, Passage, Quote, Verdict } from "./answers";
import type { Message } from "./messages";

/** Moments of a turn by the page's own clock, in milliseconds. */
export interface Clock {
  asked: number;
  started?: number;
  found?: number;
  first?: number;
  whole?: number;
}

/** Most of it comes beside the message, once; a stored message has its citations and verdicts too. */
export interface Evidence {
  query?: string;
  passages: Passage[];
  quotes: Quote[];
  verdicts: Verdict[];
  budget?: Budget;
  clock?: Clock;
}

export const NO_EVIDENCE: Evidence = { passages: [], quotes: [], verdicts: [] };

/** The evidence that a message itself has. Places of marks count from the beginning of their turn's text, and after a decision on a call a
 * message has the texts of two turns; here they count from the beginning of the message. */
export function evidenceOf(message: Message): Evidence {
  const evidence: Evidence = { passages: [], quotes: [], verdicts: [] };
  let begin = 0; // of the turn's text
  let end = 0;
  for (const part of message.parts) {
    if (part.type === "text") {
      begin = end;
      end += part.text.length;
    }
    if (part.type === "data-citation") evidence.quotes.push(shifted(part.data, begin));
    if (part.type === "data-guardrail") evidence.verdicts.push(part.data);
    if (part.type === "data-retrieval") Object.assign(evidence, part.data);
  }
  return evidence;
}

const shifted = (quote: Quote, begin: number): Quote =>
  begin && quote.markUtf16 !== null ? { ...quote, markUtf16: quote.markUtf16 + begin } : quote;

/** The evidence after a part of the stream has come; the same object if the part adds nothing.
 *
 * `begin` is where the text of the turn begins in the message. */
export function withPart(before: Evidence, part: { type: string; data?: unknown }, begin = 0): Evidence {
  switch (part.type) {
    case "data-retrieval":
      return { ...before, ...(part.data as { query: string; passages: Passage[] }) };
    case "data-citation":
      return { ...before, quotes: [...before.quotes, shifted(part.data as Quote, begin)] };
    case "data-guardrail":
      return { ...before, verdicts: [...before.verdicts, part.data as Verdict] };
    case "data-budget":
      return { ...before, budget: part.data as Budget };
    default:
      return before;
  }
}

/** What stands in place of the answer's own text, if the guardrail has blocked it or masked parts of it. */
export function replacementOf(evidence: Evidence): { text: string; isBlocked: boolean } | undefined {
  const verdict = evidence.verdicts.findLast((one) => one.source === "answer" && one.text !== null);
  return verdict ? { text: verdict.text ?? "", isBlocked: verdict.action === "blocked" } : undefined;
}

/** The text of the passage that a quote stands in, if it has come. */
export const passageOf = (quote: Quote, evidence: Evidence): string | undefined =>
  quote.passage ?? evidence.passages.find((passage) => passage.number === quote.passageNumber)?.text;
