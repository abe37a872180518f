// The application's routes, and their bodies. docs/http.md has them all.

export interface Quote {
  number: number;
  document: string;
  title: string;
  uri: string;
  page: number | null;
  pageLabel: string | null;
  section: string | null;
  start: number;
  end: number;
  startUtf16: number;
  endUtf16: number;
  text: string;
  score: number;
  markUtf16: number | null;
  supported: boolean | null;
  passage?: string;
  passageNumber?: number | null;
}

export interface Passage {
  number: number;
  text: string;
  document: string;
  score: number;
}

export interface Place {
  document: string;
  title: string;
  page: number | null;
  pageLabel: string | null;
  section: string | null;
}

export interface Finding {
  policy: string;
  kind: string;
  action: string;
  confidence: string | null;
  score: number | null;
}

export interface Verdict {
  source: string;
  action: string;
  text: string | null;
  reason: string | null;
  subject: string | null;
  policies: Finding[];
}

export type Step =
  | { kind: "tool_call"; call: string; tool: string; arguments: Record<string, unknown> }
  | { kind: "tool_result"; call: string; tool: string; text: string; isError: boolean }
  | Confirm;

export interface Confirm {
  kind: "confirm";
  confirmation: string;
  call: string;
  tool: string;
  arguments: Record<string, unknown>;
  expires: string;
}

export interface Turn {
  question: string;
  answer: string;
  citations: Quote[];
  model: string;
  usage: { inputTokens: number; outputTokens: number };
  nearest: Place[];
  steps: Step[];
}

export interface Summary {
  id: string;
  title: string;
  started: string;
}

export interface Document {
  id: string;
  name: string;
  size: number | null;
  status: string;
  reason: string | null;
  warnings: string[];
}

/** What the application refuses, or fails at: RFC 9457. */
export class Problem extends Error {
  constructor(
    readonly title: string,
    readonly detail: string,
    readonly status: number,
    readonly requestId?: string,
  ) {
    super(detail || title);
  }

  static of(body: unknown, status: number): Problem {
    const members = (typeof body === "object" && body ? body : {}) as Record<string, unknown>;
    const text = (name: string) => (typeof members[name] === "string" ? (members[name] as string) : "");
    return new Problem(text("title") || `HTTP ${status}`, text("detail"), status, text("requestId") || undefined);
  }
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed: unknown = text ? JSON.parse(text) : undefined;
  if (!response.ok) throw Problem.of(parsed, response.status);
  return parsed as T;
}

async function all<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: T[]; nextCursor: string | null } = await call(
      "GET",
      `${path}?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`,
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor && items.length < 2000);
  return items;
}

export const conversations = () => all<Summary>("/conversations");
export const conversation = (id: string) => call<{ id: string; turns: Turn[] }>("GET", `/conversations/${id}`);
export const deleteConversation = (id: string) => call<void>("DELETE", `/conversations/${id}`);
export const documents = () => all<Document>("/documents");
export const deleteDocument = (id: string) => call<Document>("DELETE", `/documents/${id}`);

/** Uploads one file by the form that the application offers; returns the document's id. */
export async function upload(name: string, file: File, onProgress: (share: number) => void): Promise<string> {
  const form = await call<{ id: string; url: string; fields: Record<string, string> }>("POST", "/documents", { name });
  const data = new FormData();
  for (const [field, value] of Object.entries(form.fields)) data.append(field, value);
  data.append("file", file);
  await new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.url);
    request.upload.onprogress = (event) => onProgress(event.total ? event.loaded / event.total : 0);
    request.onload = () =>
      request.status < 300
        ? resolve()
        : reject(new Problem("The upload was refused", request.responseXML?.querySelector("Message")?.textContent ?? "", request.status));
    request.onerror = () => reject(new Problem("The upload broke off", "", 0));
    request.send(data);
  });
  return form.id;
}
