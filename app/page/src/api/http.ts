// How the application's routes are called, and what they refuse. docs/http.md has them all.

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

export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
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
