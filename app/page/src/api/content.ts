// A document's own content: an address that works for a short while.

import { call } from "./http";

export interface Content {
  url: string;
  contentType: string;
  expires: string;
}

/** A document's id: its path in base64url. */
export function documentId(path: string): string {
  const bytes = String.fromCharCode(...new TextEncoder().encode(path));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export const content = (path: string) => call<Content>("GET", `/documents/${documentId(path)}/content?as=json`);
