// Every word that the page says, in each language that it speaks. The browser's languages choose, until the reader does.
//
// `words` is set before anything is shown, and again when the reader changes the language; so read it while a component renders, and
// never into a constant of a module. A new word stands in every catalogue: the type check and tests/page see to it.

import type { en } from "./en";
import { setLocale } from "./format";

export type Words = typeof en;

export const LANGUAGES = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  ja: "日本語",
  pt: "Português",
  ar: "العربية",
} as const;
export type Language = keyof typeof LANGUAGES;

const KEY = "outcrop.language";
const CATALOGUES: Record<Language, () => Promise<Words>> = {
  en: async () => (await import("./en")).en,
  de: async () => (await import("./de")).de,
  es: async () => (await import("./es")).es,
  fr: async () => (await import("./fr")).fr,
  ja: async () => (await import("./ja")).ja,
  pt: async () => (await import("./pt")).pt,
  ar: async () => (await import("./ar")).ar,
};

export let words: Words; // undefined only until the first catalogue is loaded, before which nothing is shown
export let language: Language = "en";

const isLanguage = (name: string | null | undefined): name is Language => !!name && Object.hasOwn(LANGUAGES, name);
const baseOf = (tag: string) => tag.toLowerCase().split("-")[0];

/** The reader's own choice, or the first of the browser's languages that the page speaks. */
export function preferred(): Language {
  const chosen = localStorage.getItem(KEY);
  return isLanguage(chosen) ? chosen : (navigator.languages.map(baseOf).find(isLanguage) ?? "en");
}

/** Loads a language's words, and tells the browser which language and direction the page has. */
export async function speak(wanted: Language) {
  words = await CATALOGUES[wanted]();
  language = wanted;
  setLocale(navigator.languages.find((tag) => baseOf(tag) === wanted) ?? wanted);
  document.documentElement.lang = wanted;
  document.documentElement.dir = wanted === "ar" ? "rtl" : "ltr";
}

export const remember = (chosen: Language) => localStorage.setItem(KEY, chosen);
