// Conversations: the list, one of them, and its turns.

import type { Place, Quote, Step } from "./answers";
import { all, call } from "./http";

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

export const conversations = () => all<Summary>("/conversations");
export const conversation = (id: string) => call<{ id: string; turns: Turn[] }>("GET", `/conversations/${id}`);
export const deleteConversation = (id: string) => call<void>("DELETE", `/conversations/${id}`);
