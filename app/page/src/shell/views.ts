// The views that have a tab, and where each is in the address. What a view needs is loaded when it is opened.

import { lazy } from "react";

import type { Config } from "../api/config";
import { words } from "../words";

export const Conversation = lazy(() => import("../chat/conversation"));

export interface View {
  /** The view's place in the address: `#documents`. */
  place: string;
  label: () => string;
  component: ReturnType<typeof lazy>;
  /** Whether this home has it. */
  isThere: (config: Config) => boolean;
}

export const VIEWS: View[] = [
  { place: "documents", label: () => words.documents.title, component: lazy(() => import("../documents/documents")), isThere: () => true },
  { place: "playground", label: () => words.playground.title, component: lazy(() => import("../playground/playground")), isThere: () => true },
  { place: "inside", label: () => words.inside.title, component: lazy(() => import("../inside/inside")), isThere: (config) => config.inside },
];
