// The documents that are asked, if not all: chosen in the list of documents, obeyed by every question until they are taken out again.

import { useSyncExternalStore } from "react";

export interface Chosen {
  name: string;
  /** The document's address, as the Knowledge Base has it in every chunk. */
  uri: string;
}

const KEY = "outcrop.filter";
const SOURCE = "x-amz-bedrock-kb-source-uri";

const listeners = new Set<() => void>();
let chosen: readonly Chosen[] = stored();

function stored(): Chosen[] {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(value) ? value.filter((one: Partial<Chosen>) => typeof one?.name === "string" && typeof one.uri === "string") : [];
  } catch {
    return [];
  }
}

/** Chooses the documents that are asked; none of them means all there are. */
export function askOnly(documents: readonly Chosen[]) {
  chosen = documents.map(({ name, uri }) => ({ name, uri }));
  sessionStorage.setItem(KEY, JSON.stringify(chosen));
  for (const listener of listeners) listener();
}

/** What a question is sent with: Bedrock's RetrievalFilter. */
export function filterOf(documents: readonly Chosen[]): Record<string, unknown> | undefined {
  const [first, ...others] = documents.map(({ uri }) => uri);
  if (!first) return undefined;
  if (!others.length) return { equals: { key: SOURCE, value: first } };
  return { in: { key: SOURCE, value: [first, ...others] } };
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export function useFilter() {
  const documents = useSyncExternalStore(subscribe, () => chosen);
  return {
    documents,
    remove: (document: Chosen) => askOnly(documents.filter((one) => one.uri !== document.uri)),
    clear: () => askOnly([]),
  };
}
