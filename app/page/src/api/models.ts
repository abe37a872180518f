// The models that can answer, and the questions that one could ask.

import { call } from "./http";

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
export const suggestions = () => call<{ items: Suggestion[] }>("GET", "/suggestions");
