// Which documents are shown, in which order, and which of them a press selects.

import type { Attribute, Document } from "../api/documents";

export const COLUMNS = ["name", "status", "size", "modified"] as const;
export type Column = (typeof COLUMNS)[number];

export interface Order {
  by: Column;
  isDown: boolean;
}

/** The documents whose names have all the words, in the order of a column and then by name. */
export function found(documents: readonly Document[], query: string, order: Order, statusOf: (document: Document) => string, collator: Intl.Collator): Document[] {
  const wanted = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const matches = documents.filter(({ name }) => {
    const lower = name.toLocaleLowerCase();
    return wanted.every((word) => lower.includes(word));
  });
  const sign = order.isDown ? -1 : 1;
  const compare: Record<Column, (one: Document, other: Document) => number> = {
    name: () => 0,
    status: (one, other) => collator.compare(statusOf(one), statusOf(other)),
    size: (one, other) => (one.size ?? -1) - (other.size ?? -1),
    modified: (one, other) => (one.modified ?? "").localeCompare(other.modified ?? ""),
  };
  const byName = (one: Document, other: Document) => collator.compare(one.name, other.name);
  return matches.sort((one, other) => sign * (compare[order.by](one, other) || (order.by === "name" ? byName(one, other) : 0)) || byName(one, other));
}

/** The selection after a press on one document: with Shift, all from the one that was pressed before get its new state. */
export function pressed(selected: ReadonlySet<string>, ids: string[], id: string, before: string | undefined): Set<string> {
  const isOn = !selected.has(id);
  const from = before === undefined ? -1 : ids.indexOf(before);
  const to = ids.indexOf(id);
  const range = from < 0 ? [id] : ids.slice(Math.min(from, to), Math.max(from, to) + 1);
  const result = new Set(selected);
  for (const one of range) {
    if (isOn) result.add(one);
    else result.delete(one);
  }
  return result;
}

export const KINDS = ["text", "number", "truth", "list"] as const;

export interface Entry {
  key: string;
  kind: (typeof KINDS)[number];
  value: string;
}

/** Attributes as the reader has written them. What is written as a number but is none is left as it is: the application says so. */
export function attributesOf(entries: Entry[]): Record<string, Attribute> {
  const read: Record<Entry["kind"], (value: string) => Attribute> = {
    text: (value) => value,
    number: (value) => (value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : value),
    truth: (value) => value === "true",
    list: (value) => value.split(",").map((one) => one.trim()).filter(Boolean),
  };
  return Object.fromEntries(entries.filter(({ key }) => key.trim()).map(({ key, kind, value }) => [key.trim(), read[kind](value)]));
}
