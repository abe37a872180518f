// The models that can answer, and the questions that one could ask.

import { call, Problem, send } from "./http";

export interface Parameter {
  name: "temperature" | "topP" | "topK" | "maxTokens";
  least: number;
  most: number | null;
  default: number | null;
}

export interface Model {
  id: string;
  family: string;
  offered: boolean;
  state: "active" | "legacy" | "gone";
  note: string | null;
  oneSampler: boolean;
  needsInferenceProfile: boolean;
  inferenceProfiles: string[];
  outputTokens: number | null;
  /** US dollars for a million tokens. */
  price?: { input: number; output: number } | null;
  parameters: (Parameter | string)[];
}

export interface Models {
  default: string;
  items: Model[];
}

export interface Suggestion {
  question: string;
  document: string;
}

export const models = () => call<Models>("GET", "/models");

/** Questions about the reader's own documents, in a language. */
export async function suggestions(language: string): Promise<{ items: Suggestion[] }> {
  const response = await send("/suggestions", { headers: { "accept-language": language } });
  if (!response.ok) throw await Problem.from(response);
  return (await response.json()) as { items: Suggestion[] };
}
