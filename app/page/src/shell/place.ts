// Where the reader is: what the address names, and what a tab of the browser remembers of it over a reload.

import { VIEWS, type View } from "./views";

const FRESH = "outcrop.fresh";
const LATEST = "outcrop.latest";

/** What the address names: a view, or a conversation, which is new where the address names none. */
export interface Place {
  view: View | undefined;
  id: string;
  isNew: boolean;
}

/** Reads the address. A new conversation keeps its id until something is asked, and with it its draft. */
export function placeNow(): Place {
  const name = location.hash.slice(1);
  const view = VIEWS.find((one) => one.place === name);
  if (view) return { view, id: name, isNew: false };
  if (/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    sessionStorage.setItem(LATEST, name);
    return { view, id: name, isNew: false };
  }
  const id = sessionStorage.getItem(FRESH) ?? crypto.randomUUID().replaceAll("-", "");
  sessionStorage.setItem(FRESH, id);
  return { view, id, isNew: true };
}

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

/** Puts a conversation into the address once it is stored, without opening it anew; unless the reader has gone elsewhere meanwhile. */
export function settle(id: string) {
  if (placeNow().id !== id) return;
  sessionStorage.removeItem(FRESH);
  sessionStorage.setItem(LATEST, id);
  history.replaceState(null, "", `#${id}`);
}
