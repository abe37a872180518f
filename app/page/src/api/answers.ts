// What an answer is made of. docs/http.md has each member.

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
