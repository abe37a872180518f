// A trial of a model by itself. docs/playground.md has each member.

import type { Verdict } from "./answers";
import { call, Problem, send } from "./http";
import { CutOff, Unreachable } from "./stream";

export interface Picture {
  format: "png" | "jpeg" | "gif" | "webp";
  source: { bytes: string };
}

export type Block = { text: string } | { image: Picture };

export interface Turn {
  role: "user" | "assistant";
  content: Block[];
}

export interface Trial {
  model: string;
  system?: string;
  messages: Turn[];
  parameters: Record<string, number | string[]>;
}

export interface NativeRequest {
  operation: string;
  model: string;
  region: string;
  url: string;
  body: unknown;
  boto3: string;
  curl: string;
}

export interface Numbers {
  model: string;
  stopReason: string;
  usage: { inputTokens: number; outputTokens: number };
  dollars: number | null;
  firstTokenMilliseconds: number | null;
  milliseconds: number;
}

/** What a trial tells, as it comes. */
export type Told =
  | { kind: "request"; request: NativeRequest }
  | { kind: "text"; text: string }
  | { kind: "reasoning"; text: string }
  | { kind: "guardrail"; verdict: Verdict }
  | { kind: "response"; events: unknown[] | null; isWithheld: boolean }
  | { kind: "end"; numbers: Numbers };

/** Tries a model, and yields what comes; fails with `Problem`, `Unreachable` or `CutOff`. */
export async function* trial(body: Trial, signal: AbortSignal): AsyncGenerator<Told> {
  const response = await send("/playground/stream", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  }).catch((error: unknown) => {
    throw error instanceof TypeError ? new Unreachable() : error;
  });
  if (!response.ok) throw await Problem.from(response);
  if (!response.body) throw new CutOff();
  let problem: Problem | undefined;
  for await (const part of parts(response.body)) {
    if (part.type === "data-error") problem = Problem.of(part.data, 0);
    if (part.type === "error") throw problem ?? new Problem(String(part.errorText), "", 0);
    const told = toldBy(part);
    if (told) yield told;
    if (part.type === "finish") return;
  }
  throw new CutOff();
}

interface Part {
  type: string;
  data?: unknown;
  delta?: string;
  messageMetadata?: unknown;
  errorText?: unknown;
}

function toldBy(part: Part): Told | undefined {
  switch (part.type) {
    case "data-request":
      return { kind: "request", request: part.data as NativeRequest };
    case "data-response":
      return { kind: "response", ...(part.data as { events: unknown[] | null; isWithheld: boolean }) };
    case "data-guardrail":
      return { kind: "guardrail", verdict: part.data as Verdict };
    case "text-delta":
      return { kind: "text", text: part.delta ?? "" };
    case "reasoning-delta":
      return { kind: "reasoning", text: part.delta ?? "" };
    case "finish":
      return { kind: "end", numbers: part.messageMetadata as Numbers };
    default:
      return undefined;
  }
}

/** The parts of a UI message stream: server-sent events, each with one JSON body. */
async function* parts(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Part> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (!line.startsWith("data: ") || line === "data: [DONE]") continue;
        yield JSON.parse(line.slice("data: ".length)) as Part;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

export interface Template {
  name: string;
  about: string;
  system: string;
  message: string;
  variables: { name: string; about: string; isRequired: boolean }[];
  examples: { input: string; reply: string }[];
}

export const templates = () => call<{ items: Template[] }>("GET", "/playground/templates");

export const fillIn = (name: string, values: Record<string, string[]>, shots: number) =>
  call<{ system: string; messages: Turn[] }>("POST", `/playground/templates/${encodeURIComponent(name)}`, { values, shots });
