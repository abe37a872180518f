// What an answer is made of. docs/http.md has each member.

export interface Place {
  document: string;
  title: string;
  uri?: string;
  page: number | null;
  pageLabel: string | null;
  section: string | null;
  score?: number;
}

export interface Quote extends Place {
  number: number;
  uri: string;
  start: number;
  end: number;
  startUtf16: number;
  endUtf16: number;
  text: string;
  score: number;
  markUtf16: number | null;
  headings?: string[];
  tableHeader?: string | null;
  supported: boolean | null;
  passage?: string;
  passageNumber?: number | null;
}

export interface Passage {
  number: number;
  text: string;
  document: string;
  title?: string;
  page?: number | null;
  pageLabel?: string | null;
  score: number;
}

export interface Finding {
  policy: string;
  kind: string;
  action: string;
  confidence: string | null;
  score: number | null;
  threshold?: number | null;
}

export interface Verdict {
  source: "question" | "passage" | "tool_input" | "tool_result" | "answer";
  action: "none" | "masked" | "blocked" | "unjudged";
  text: string | null;
  reason: string | null;
  subject: string | null;
  policies: Finding[];
}

export interface Budget {
  period: "day" | "month";
  unit: "tokens" | "dollars";
  amount: number;
  limit: number;
  resets: string;
}

export interface Confirm {
  kind: "confirm";
  confirmation: string;
  call: string;
  tool: string;
  arguments: Record<string, unknown>;
  expires: string;
}
