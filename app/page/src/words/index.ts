// Every word that the page says, in each language that it speaks; the browser chooses.

import { en } from "./en";

export type Words = typeof en;

export const words: Words = en;
