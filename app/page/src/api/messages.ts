// A conversation as useChat has it: UI messages, with what our stream adds to them. docs/http.md has each part.

import type { UIMessage } from "ai";

import type { Budget, Confirm, Passage, Place, Quote, Verdict } from "./answers";

export interface Feedback {
  rating: "up" | "down";
  words?: string | null;
}

export interface Metadata {
  conversationId?: string;
  /** The number of the stored turn; without it, the answer is not kept. */
  turn?: number | null;
  model?: string;
  usage?: { inputTokens: number; outputTokens: number };
  cost?: number | null;
  stopReason?: string;
  guardrailMode?: string | null;
  at?: string;
  feedback?: Feedback | null;
}

export type Parts = {
  retrieval: { query: string; passages: Passage[] };
  citation: Quote;
  guardrail: Verdict;
  nearest: { places: Place[] };
  confirm: Confirm;
  budget: Budget;
  error: { title: string; detail: string; requestId?: string };
};

export type Message = UIMessage<Metadata, Parts>;

/** The words of a message, as the offsets of its citations count them. */
export const textOf = (message: Message): string =>
  message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");

/** Whether the application has stored the turn that ends with this answer. */
export const isStored = (message: Message | undefined): boolean => typeof message?.metadata?.turn === "number";

/** Whether the message has a decision of the person that the application has not acted on yet. */
export const hasDecision = (message: Message): boolean =>
  message.parts.some((part) => part.type === "dynamic-tool" && part.state === "approval-responded");

/** What is sent of a message: the application refuses what it would ignore. */
export function bare(message: Message): Message {
  if (message.role === "user") return { id: message.id, role: "user", parts: message.parts };
  return message;
}

/** A question, and the answers to it. */
export interface Exchange {
  question?: Message;
  answers: Message[];
}

/** Messages as exchanges, in their order. */
export function exchangesOf(messages: Message[]): Exchange[] {
  const exchanges: Exchange[] = [];
  for (const message of messages) {
    const last = exchanges.at(-1);
    if (message.role === "user") exchanges.push({ question: message, answers: [] });
    else if (last) last.answers.push(message);
    else exchanges.push({ answers: [message] });
  }
  return exchanges;
}
