// How the application's routes are called, and what they refuse. docs/http.md has them all.

/** What the application refuses, or fails at: RFC 9457. */
export class Problem extends Error {
  readonly title: string;
  readonly detail: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly code: string;
  /** In how many seconds the same request may succeed. */
  readonly retryAfter: number | undefined;

  constructor(title: string, detail: string, status: number, more: { requestId?: string; code?: string; retryAfter?: number } = {}) {
    super(detail || title);
    this.title = title;
    this.detail = detail;
    this.status = status;
    this.requestId = more.requestId;
    this.code = more.code ?? "";
    this.retryAfter = more.retryAfter;
  }

  static of(body: unknown, status: number): Problem {
    const members = (typeof body === "object" && body ? body : {}) as Record<string, unknown>;
    const text = (name: string) => (typeof members[name] === "string" ? (members[name] as string) : "");
    const found = typeof members.status === "number" ? members.status : status;
    return new Problem(text("title") || `HTTP ${found}`, text("detail"), found, {
      code: text("code"),
      ...(text("requestId") && { requestId: text("requestId") }),
      ...(typeof members.retryAfter === "number" && { retryAfter: members.retryAfter }),
    });
  }

  static async from(response: Response): Promise<Problem> {
    const body: unknown = await response.json().catch(() => null);
    const seconds = Number(response.headers.get("retry-after") ?? NaN);
    const requestId = response.headers.get("x-request-id");
    return Problem.of(
      { ...(requestId && { requestId }), ...(Number.isFinite(seconds) && { retryAfter: seconds }), ...(body as object | null) },
      response.status,
    );
  }
}

/** Who asks: gives the token that goes with each call of the application. */
export interface Session {
  /** What the person is called, to whom it is shown. */
  readonly name: string;
  /** A token that is still valid. Without one, it waits until the person has signed in again. */
  token(): Promise<string>;
  /** The same after a refusal of this one. */
  renewed(refused: string): Promise<string>;
  signOut(): Promise<void>;
}

const home: { application: string; session: Session | null } = { application: "", session: null };

/** Says where the application is and who asks, before anything is called. */
export function connect(application: string, session: Session | null): void {
  Object.assign(home, { application, session });
}

/** Who asks; null where nobody has to sign in. */
export const who = (): Session | null => home.session;

/** `fetch` from the application, with the token of who asks. What is refused for want of a valid one has not been done, and is sent once more. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const { application, session } = home;
  const asked = (token?: string) => {
    const headers = new Headers(init.headers);
    if (token) headers.set("authorization", `Bearer ${token}`);
    return fetch(application + path, { ...init, headers });
  };
  if (!session) return asked();
  const token = await session.token();
  const response = await asked(token);
  if (response.status !== 401) return response;
  return asked(await session.renewed(token));
}

export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await send(path, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed: unknown = text ? JSON.parse(text) : undefined;
  if (!response.ok) throw Problem.of(parsed, response.status);
  return parsed as T;
}

export async function all<T>(path: string): Promise<T[]> {
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
