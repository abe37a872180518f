// Conversations: the list, one of them with its messages, and what people say of an answer.

import type { Place, Quote, Step } from "./answers";
import { all, call } from "./http";
import type { Feedback, Message } from "./messages";

export interface Turn {
  question: string;
  answer: string;
  citations: Quote[];
  model: string;
  usage: { inputTokens: number; outputTokens: number };
  nearest: Place[];
  steps: Step[];
}

export interface Summary {
  id: string;
  title: string;
  started: string;
}

export interface Conversation {
  id: string;
  title?: string;
  messages: Message[];
}

export const conversations = () => all<Summary>("/conversations");
export async function conversation(id: string): Promise<Conversation> {
  const { turns } = await call<{ turns: Turn[] }>("GET", `/conversations/${id}`);
  return { id, messages: messagesOf(id, turns) };
}
export const deleteConversation = (id: string) => call<void>("DELETE", `/conversations/${id}`);

/** A passage that an answer cites, by its number in the answer's marks. */
export const citedPassage = (id: string, turn: number, number: number) =>
  call<{ text: string }>("GET", `/conversations/${id}/turns/${turn}/passages/${number}`);

export const rate = (id: string, turn: number, feedback: Feedback) =>
  call<void>("POST", `/conversations/${id}/turns/${turn}/feedback`, feedback);

/** Stored turns as messages. */
function messagesOf(conversation: string, turns: Turn[]): Message[] {
  return turns.flatMap((turn, number) => {
    const id = `${conversation}-${number}`;
    const parts: Message["parts"] = [...stepsOf(turn), { type: "text", text: turn.answer }];
    for (const quote of turn.citations) parts.push({ type: "data-citation", data: quote });
    if (turn.nearest.length) parts.push({ type: "data-nearest", data: { places: turn.nearest } });
    const metadata = { conversationId: conversation, model: turn.model, turn: number, usage: turn.usage };
    return [
      { id: `${id}-question`, role: "user", parts: [{ type: "text", text: turn.question }] },
      { id, role: "assistant", metadata, parts },
    ] satisfies Message[];
  });
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
