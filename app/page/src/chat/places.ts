// How a place in a document is said.

import type { Place } from "../api/answers";
import { words } from "../words";
import { number } from "../words/format";

type Somewhere = Pick<Place, "document" | "title"> & Partial<Place>;

/** The document's path if its title does not say it, the page, and the section. */
export function placeOf(place: Somewhere): string {
  const page = place.page ? words.chat.page(place.pageLabel ?? String(place.page)) : "";
  const path = place.document === place.title ? "" : place.document;
  return [path, page, place.section].filter(Boolean).join(" · ");
}

/** A score between 0 and 1, as it is compared. */
export const scoreOf = (score: number): string => number(score, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
