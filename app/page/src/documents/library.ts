// The documents as the page knows them, while it is open: the list, and a watch on each whose status changes by itself. It is no part of a
// component, so that uploads and deletions go on, and are followed, while the reader is elsewhere.

import { useSyncExternalStore } from "react";

import type { Document } from "../api/documents";
import * as api from "../api/documents";
import { Problem } from "../api/http";

const SETTLED = new Set(["INDEXED", "PARTIALLY_INDEXED", "FAILED", "REFUSED"]);
const AT_ONCE = 6; // documents that are asked about at once
const MOST = 5000; // documents of a list that are loaded without being asked for
const PAUSE = { first: 700, longest: 5000 }; // milliseconds between two looks

export const isSettled = ({ status }: { status: string }) => SETTLED.has(status);
export const hasFailed = ({ status }: { status: string }) => status === "FAILED" || status === "REFUSED";

type Routes = Pick<typeof api, "documents" | "document" | "deleteDocument">;

export interface Shown {
  documents: readonly Document[];
  /** Whether a list is being loaded now. */
  isLoading: boolean;
  /** Whether a whole list has been loaded once. */
  isLoaded: boolean;
  hasMore: boolean;
  problem: unknown;
}

export class Library {
  #byId = new Map<string, Document>();
  #watched = new Map<string, ((document: Document | undefined) => void)[]>();
  #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause = PAUSE.first;
  #cursor: string | null = null;
  #shown: Shown = { documents: [], isLoading: false, isLoaded: false, hasMore: false, problem: undefined };
  #routes: Routes;

  constructor(routes: Routes = api) {
    this.#routes = routes;
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly shown = () => this.#shown;

  /** Loads the list anew, page by page, each shown when it has come. */
  async load(): Promise<void> {
    if (this.#shown.isLoading) return;
    this.#show({ isLoading: true, problem: undefined });
    const found = new Map<string, Document>();
    try {
      this.#cursor = null;
      do await this.#page(found);
      while (this.#cursor && found.size < MOST);
      // What is not in the list any more is gone, but for what lies behind its end.
      if (!this.#cursor) {
        for (const [id, document] of this.#byId) if (this.#watched.has(id)) found.set(id, document);
        this.#byId = found;
      }
      this.#show({ isLoaded: true });
    } catch (problem) {
      this.#show({ problem });
    }
    this.#show({ isLoading: false, hasMore: this.#cursor !== null });
  }

  /** Loads the next documents of a list that is too long to be loaded at once. */
  async more(): Promise<void> {
    if (!this.#cursor || this.#shown.isLoading) return;
    this.#show({ isLoading: true, problem: undefined });
    try {
      for (let pages = 0; this.#cursor && pages < MOST / 100; pages++) await this.#page(new Map());
    } catch (problem) {
      this.#show({ problem });
    }
    this.#show({ isLoading: false, hasMore: this.#cursor !== null });
  }

  async #page(found: Map<string, Document>) {
    const page = await this.#routes.documents(this.#cursor);
    for (const document of page.items) {
      found.set(document.id, document);
      this.#byId.set(document.id, document);
      if (!isSettled(document)) void this.watch(document.id);
    }
    this.#cursor = page.nextCursor;
    this.#show();
  }

  /** Follows a document until it is ready, has failed or is gone; returns it, or undefined if it is gone. */
  watch(id: string): Promise<Document | undefined> {
    return new Promise((resolve) => {
      const waiting = this.#watched.get(id);
      if (waiting) return void waiting.push(resolve);
      this.#watched.set(id, [resolve]);
      this.#pause = PAUSE.first;
      this.#schedule();
    });
  }

  /** Deletes a document; resolves once the application says that neither its bucket nor its index has it. */
  async remove(id: string): Promise<boolean> {
    const document = await this.#routes.deleteDocument(id).catch((error: unknown) => {
      if (error instanceof Problem && error.status === 404) return undefined;
      throw error;
    });
    if (document) this.#byId.set(id, document);
    else this.#byId.delete(id);
    this.#show();
    return !document || (await this.watch(id)) === undefined;
  }

  #schedule() {
    this.#timer ??= setTimeout(() => void this.#look(), this.#pause);
  }

  /** Asks about the documents that have waited longest. */
  async #look() {
    const ids = [...this.#watched.keys()].slice(0, AT_ONCE);
    let hasChanged = false;
    await Promise.all(
      ids.map(async (id) => {
        const waiting = this.#watched.get(id) ?? [];
        try {
          const document = await this.#routes.document(id);
          hasChanged ||= this.#byId.get(id)?.status !== document.status;
          this.#byId.set(id, document);
          this.#watched.delete(id);
          if (isSettled(document)) for (const resolve of waiting) resolve(document);
          else this.#watched.set(id, waiting); // behind the others
        } catch (error) {
          if (!(error instanceof Problem) || error.status !== 404) return; // looked at again
          hasChanged = true;
          this.#byId.delete(id);
          this.#watched.delete(id);
          for (const resolve of waiting) resolve(undefined);
        }
      }),
    );
    this.#pause = hasChanged ? PAUSE.first : Math.min(PAUSE.longest, this.#pause * 1.3);
    this.#timer = undefined;
    if (hasChanged) this.#show();
    if (this.#watched.size) this.#schedule();
  }

  #show(change: Partial<Shown> = {}) {
    this.#shown = { ...this.#shown, ...change, documents: [...this.#byId.values()] };
    for (const listener of this.#listeners) listener();
  }
}

export const library = new Library();
export const useLibrary = () => useSyncExternalStore(library.subscribe, library.shown);
