// Where the reader is: what the address names, and what a tab of the browser remembers of it over a reload.

import type { Config } from "../api/config";
import { VIEWS, type View } from "./views";

const FRESH = "outcrop.fresh";
const LATEST = "outcrop.latest";

/** What the address names: a view, or a conversation, which is new where the address names none. */
export interface Place {
  view: View | undefined;
  id: string;
  isNew: boolean;
}

/** Reads the address. A view that this home lacks is none. A new conversation keeps its id until something is asked, and with it its draft. */
export function placeNow(home: Config): Place {
  const name = nameNow();
  const view = VIEWS.find((one) => one.place === name);
  if (view?.isThere(home)) return { view, id: name, isNew: false };
  if (!view && /^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    sessionStorage.setItem(LATEST, name);
    return { view, id: name, isNew: false };
  }
  const id = fresh() ?? crypto.randomUUID().replaceAll("-", "");
  sessionStorage.setItem(FRESH, id);
  return { view: undefined, id, isNew: true };
}

const nameNow = () => location.hash.slice(1);
const fresh = () => sessionStorage.getItem(FRESH);

/** The conversation that was open last: "" if it is a new one. */
export const latest = () => sessionStorage.getItem(LATEST) ?? "";

/** Forgets a conversation that is deleted. */
export function forget(id: string) {
  if (latest() === id) sessionStorage.removeItem(LATEST);
}

/** Leaves the conversation that is open; the address names a new one. */
export function leave() {
  sessionStorage.removeItem(FRESH);
  sessionStorage.removeItem(LATEST);
  history.pushState(null, "", "#");
}

/** Remembers that a conversation is stored. If it is open, the address says so from now on; it is not opened anew. */
export function settle(id: string) {
  const isFresh = fresh() === id;
  if (isFresh) sessionStorage.removeItem(FRESH);
  if (isFresh || nameNow() === id) sessionStorage.setItem(LATEST, id);
  if (isFresh && nameNow() === "") history.replaceState(null, "", `#${id}`);
}
