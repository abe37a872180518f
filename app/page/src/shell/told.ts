// Errors in sentences.

import { Problem } from "../api/http";
import { words } from "../words";

/** An error as the reader is told it. */
export const told = (error: unknown): string =>
  error instanceof Problem
    ? [error.title, error.detail].filter(Boolean).join(". ")
    : error instanceof TypeError // what `fetch` throws where nobody answers
      ? words.shell.offline
      : String(error);
