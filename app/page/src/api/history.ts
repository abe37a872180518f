// The list of conversations page by page, their titles, and what is said in one.

import type { Quote } from "./answers";
import type { Summary } from "./conversations";
import { call } from "./http";

export interface Summaries {
  items: Summary[];
  nextCursor: string | null;
}

export const summaries = (cursor?: string | null) =>
  call<Summaries>("GET", `/conversations?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);

export const rename = (id: string, title: string) => call<void>("PATCH", `/conversations/${id}`, { title });

/** A part of a message. Of the many kinds an export shows these; docs/http.md has all. */
export type Part =
  | { type: "text"; text: string }
  | { type: "dynamic-tool"; toolName: string; input: unknown; output?: unknown; errorText?: string }
  | { type: "data-citation"; data: Quote };

export interface Thread {
  id: string;
  title: string;
  messages: { id: string; role: "user" | "assistant"; parts: Part[]; metadata?: { model?: string; at?: string } }[];
}

export const thread = (id: string) => call<Thread>("GET", `/conversations/${id}/messages`);
