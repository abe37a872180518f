// Conversations: the list, one of them with its messages, and what people say of an answer.

import { all, call } from "./http";
import type { Feedback, Message } from "./messages";

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
export const conversation = (id: string) => call<Conversation>("GET", `/conversations/${id}/messages`);
export const deleteConversation = (id: string) => call<void>("DELETE", `/conversations/${id}`);

/** A passage that an answer cites, by its number in the answer's marks. */
export const citedPassage = (id: string, turn: number, number: number) =>
  call<{ text: string }>("GET", `/conversations/${id}/turns/${turn}/passages/${number}`);

export const rate = (id: string, turn: number, feedback: Feedback) =>
  call<void>("POST", `/conversations/${id}/turns/${turn}/feedback`, feedback);
