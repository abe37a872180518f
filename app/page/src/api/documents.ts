// Documents: the list, one of them, deletion, and uploads by the form that the application offers.

import { call, Problem } from "./http";

export type Attribute = string | number | boolean | string[];

export interface Document {
  id: string;
  name: string;
  /** Its address, as the Knowledge Base has it. */
  uri: string;
  size: number | null;
  modified: string | null;
  updated: string | null;
  status: string;
  /** Why it failed or was refused. */
  reason: string | null;
  /** Which of its text searches do not find. */
  warnings: string[];
  /** Names and values by which questions can be filtered, if they were asked for. */
  attributes?: Record<string, Attribute> | null;
}

export interface Documents {
  items: Document[];
  nextCursor: string | null;
}

export const documents = (cursor?: string | null) =>
  call<Documents>("GET", `/documents?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
export const document = (id: string) => call<Document>("GET", `/documents/${id}`);
/** A document with its attributes, which cost a read of the sidecar beside it: no list has them. */
export const described = (id: string) => call<Document>("GET", `/documents/${id}?attributes=true`);
export const deleteDocument = (id: string) => call<Document>("DELETE", `/documents/${id}`);

/** An address of the document's own content, which works for a short while. */
export const contentOf = (id: string) => call<{ url: string; contentType: string; expires: string }>("GET", `/documents/${id}/content?as=json`);

export interface Uploaded {
  id: string;
  /** Whether it was there already, with this content and these attributes, so that nothing was sent. */
  unchanged: boolean;
}

/** Uploads one file by the form that the application offers. */
export async function upload(
  name: string,
  file: File,
  metadata: Record<string, Attribute>,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Uploaded> {
  const sha256 = await digestOf(file);
  signal.throwIfAborted();
  const form = await call<{ id: string; url: string; fields: Record<string, string>; unchanged: boolean }>("POST", "/documents", {
    name,
    ...(Object.keys(metadata).length && { metadata }),
    ...(sha256 && { sha256 }),
  });
  signal.throwIfAborted();
  if (form.unchanged) return { id: form.id, unchanged: true };
  const data = new FormData();
  for (const [field, value] of Object.entries(form.fields)) data.append(field, value);
  data.append("file", file);
  await send(form.url, data, onProgress, signal);
  return { id: form.id, unchanged: false };
}

/** Posts a form. `fetch` does not tell how much has been sent. */
function send(url: string, data: FormData, onProgress: (share: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    signal.addEventListener("abort", abort);
    request.open("POST", url);
    request.upload.onprogress = (event) => onProgress(event.total ? event.loaded / event.total : 0);
    request.onload = () => {
      if (request.status < 300) return resolve();
      // Read only where there is one: of an empty body the browser makes a page of its own about what is wrong with it.
      const message = request.responseText && request.responseXML?.querySelector("Message")?.textContent;
      reject(new Problem(message || `HTTP ${request.status}`, "", request.status));
    };
    request.onerror = () => reject(new TypeError("the upload broke off"));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    request.onloadend = () => signal.removeEventListener("abort", abort);
    request.send(data);
  });
}

/** The content's SHA-256 in hexadecimal, where the browser computes it: on pages that came over TLS or from this machine. */
async function digestOf(file: File): Promise<string | undefined> {
  if (!globalThis.crypto?.subtle) return undefined;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
