// What goes on inside the laptop's models. docs/inside.md says what the numbers are.

import { Problem, send } from "./http";

export interface Token {
  id: number;
  name: string;
  start: number | null;
  end: number | null;
}

export interface View {
  model: string;
  precision: string;
  layers: number;
  heads: number;
  tokens: Token[];
  positions: number[][];
  /** By layer, head, the token that reads, and the token that is read. */
  attention: number[][][][];
}

export interface Candidate {
  text: string;
  passage: number;
  score: number | null;
  likelihood: number;
  drawn: number | null;
}

export interface Weighed {
  isAnswered: boolean;
  candidates: Candidate[];
}

export interface Draw {
  question: string;
  passages: string[];
  temperature: number;
  topK?: number;
  topP?: number;
}

async function post<T>(path: string, body: unknown, signal: AbortSignal): Promise<T> {
  const response = await send(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw await Problem.from(response);
  return (await response.json()) as T;
}

export const look = (text: string, signal: AbortSignal) => post<View>("/inside", { text }, signal);
export const weigh = (draw: Draw, signal: AbortSignal) => post<Weighed>("/inside/candidates", draw, signal);
