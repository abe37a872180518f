// The queue of uploads: a few at once, each followed until it can be asked about. It goes on while the reader is elsewhere on the page.

import { useSyncExternalStore } from "react";

import type { Attribute, Document, Uploaded } from "../api/documents";
import { upload } from "../api/documents";
import { hasFailed, library } from "./library";
import { told } from "../shell/told";
import { words } from "../words";
import { size } from "../words/format";

const AT_ONCE = 3;
export const LARGEST = 50 * 1024 * 1024; // bytes, which the bucket enforces

export type State = "waiting" | "uploading" | "indexing" | "ready" | "unchanged" | "failed";

export interface Upload {
  name: string;
  file: File;
  metadata: Record<string, Attribute>;
  state: State;
  share: number;
  /** Why it failed. */
  problem: string;
  warnings: string[];
}

export const isOver = ({ state }: Upload) => state === "ready" || state === "unchanged" || state === "failed";

type Send = (name: string, file: File, metadata: Record<string, Attribute>, onProgress: (share: number) => void, signal: AbortSignal) => Promise<Uploaded>;
type Watch = (id: string) => Promise<Document | undefined>;

export class Uploads {
  #all = new Map<string, Upload>();
  #stops = new Map<string, AbortController>();
  #listeners = new Set<() => void>();
  #shown: readonly Upload[] = [];
  #send: Send;
  #watch: Watch;

  constructor(send: Send = upload, watch: Watch = (id) => library.watch(id)) {
    this.#send = send;
    this.#watch = watch;
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly shown = () => this.#shown;

  /** Puts files into the queue. One of a name that is in it already takes that one's place. */
  add(files: Iterable<[name: string, file: File]>, metadata: Record<string, Attribute>) {
    for (const [name, file] of files) {
      this.#stop(name);
      this.#all.delete(name);
      const problem = file.size === 0 ? words.documents.isEmpty : file.size > LARGEST ? words.documents.isTooLarge(size(LARGEST)) : "";
      this.#all.set(name, { name, file, metadata, state: problem ? "failed" : "waiting", share: 0, problem, warnings: [] });
    }
    this.#show();
    this.#start();
  }

  /** Takes an upload out of the queue, and breaks it off if it is under way. */
  cancel(name: string) {
    this.#stop(name);
    this.#all.delete(name);
    this.#show();
    this.#start();
  }

  retry(...names: string[]) {
    for (const name of names) this.#change(name, { state: "waiting", share: 0, problem: "" });
    this.#start();
  }

  /** Takes out what is over. */
  clear() {
    for (const one of [...this.#all.values()].filter(isOver)) this.#all.delete(one.name);
    this.#show();
  }

  #stop(name: string) {
    this.#stops.get(name)?.abort();
    this.#stops.delete(name);
  }

  #start() {
    const waiting = [...this.#all.values()].filter(({ state }) => state === "waiting");
    const free = AT_ONCE - [...this.#all.values()].filter(({ state }) => state === "uploading").length;
    for (const one of waiting.slice(0, Math.max(0, free))) void this.#run(one);
  }

  async #run({ name, file, metadata }: Upload) {
    const stop = new AbortController();
    this.#stops.set(name, stop);
    const change = (members: Partial<Upload>) => stop.signal.aborted || this.#change(name, members);
    change({ state: "uploading" });
    try {
      const { id, unchanged } = await this.#send(name, file, metadata, (share) => change({ share }), stop.signal);
      change({ state: unchanged ? "unchanged" : "indexing", share: 1 });
      this.#start();
      const document = await this.#watch(id);
      if (!document) change({ state: "failed", problem: words.documents.isGone });
      else if (hasFailed(document)) change({ state: "failed", problem: document.reason ?? "" });
      else change({ state: unchanged ? "unchanged" : "ready", warnings: document.warnings });
    } catch (error) {
      change({ state: "failed", problem: told(error) });
    }
    if (this.#stops.get(name) === stop) this.#stops.delete(name);
    this.#start();
  }

  #change(name: string, members: Partial<Upload>) {
    const one = this.#all.get(name);
    if (!one) return;
    this.#all.set(name, { ...one, ...members });
    this.#show();
  }

  #show() {
    this.#shown = [...this.#all.values()];
    for (const listener of this.#listeners) listener();
  }
}

export const uploads = new Uploads();
export const useUploads = () => useSyncExternalStore(uploads.subscribe, uploads.shown);
