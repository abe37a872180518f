// A conversation as useChat has it: UI messages, with what our stream adds to them.

import type { UIMessage } from "ai";

import type { Confirm, Passage, Place, Quote, Verdict } from "../api/answers";
import type { Turn } from "../api/conversations";

export interface Metadata {
  conversationId?: string;
  model?: string;
  turn?: number | null;
  usage?: { inputTokens: number; outputTokens: number };
  stopReason?: string;
}

export type Parts = {
  retrieval: { query: string; passages: Passage[] };
  citation: Quote;
  guardrail: Verdict;
  nearest: { places: Place[] };
  confirm: Confirm;
  error: { title: string; detail: string; requestId?: string };
};

export type Message = UIMessage<Metadata, Parts>;

/** What a turn was answered from. It comes beside the message, once; a stored turn has it too. */
export interface Evidence {
  query?: string;
  passages: Passage[];
  quotes: Quote[];
  verdicts: Verdict[];
}

export const NO_EVIDENCE: Evidence = { passages: [], quotes: [], verdicts: [] };

/** The words of a message, as the offsets of its citations count them. */
export const textOf = (message: Message): string =>
  message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");

/** Stored turns as messages, and the evidence of each answer by its message's id. */
export function messagesOf(conversation: string, turns: Turn[]): [Message[], Map<string, Evidence>] {
  const messages: Message[] = [];
  const evidence = new Map<string, Evidence>();
  turns.forEach((turn, number) => {
    const id = `${conversation}-${number}`;
    messages.push({ id: `${id}-question`, role: "user", parts: [{ type: "text", text: turn.question }] });
    const answer: Message = {
      id,
      role: "assistant",
      metadata: { conversationId: conversation, model: turn.model, turn: number, usage: turn.usage },
      parts: [...stepsOf(turn), { type: "text", text: turn.answer }],
    };
    if (turn.nearest.length) answer.parts.push({ type: "data-nearest", data: { places: turn.nearest } });
    messages.push(answer);
    evidence.set(id, { passages: [], quotes: turn.citations, verdicts: [] });
  });
  return [messages, evidence];
}

function stepsOf(turn: Turn): Message["parts"] {
  const parts: Message["parts"] = [];
  for (const step of turn.steps) {
    if (step.kind === "confirm") {
      parts.push({ type: "data-confirm", data: step });
    } else if (step.kind === "tool_call") {
      const outcome = turn.steps.find((other) => other.kind === "tool_result" && other.call === step.call);
      const call = { type: "dynamic-tool" as const, toolName: step.tool, toolCallId: step.call, input: step.arguments };
      if (outcome?.kind !== "tool_result") parts.push({ ...call, state: "input-available" });
      else if (outcome.isError) parts.push({ ...call, state: "output-error", errorText: outcome.text });
      else parts.push({ ...call, state: "output-available", output: outcome.text });
    }
  }
  return parts;
}
