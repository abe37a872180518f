// Numbers, dates, sizes and plurals as the language of the page, in the reader's region, writes them.

export type Plurals = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

let locale = "en";

/** Sets the locale that all functions here write in: "de-CH". */
export function setLocale(chosen: string) {
  locale = chosen;
}

export const number = (value: number, options?: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options).format(value);

/** The form of a text that the language has for this count, with the count for `#`: `plural(3, { one: "# page", other: "# pages" })`. */
export function plural(count: number, forms: Plurals): string {
  const form = forms[new Intl.PluralRules(locale).select(count)] ?? forms.other;
  return form.replace("#", number(count));
}

export function size(bytes: number): string {
  const [unit, per, digits] = bytes < 1e3 ? ["byte", 1, 0] as const : bytes < 1e6 ? ["kilobyte", 1e3, 0] as const : bytes < 1e9 ? ["megabyte", 1e6, 1] as const : ["gigabyte", 1e9, 1] as const;
  return number(bytes / per, { style: "unit", unit, unitDisplay: unit === "byte" ? "long" : "short", maximumFractionDigits: digits });
}

export const date = (moment: Date | string) => new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date(moment));
export const time = (moment: Date | string) => new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(new Date(moment));
export const dateAndTime = (moment: Date | string) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(moment));

/** How texts are sorted: "Ä" beside "A", and "page 9" before "page 10". */
export const collator = () => new Intl.Collator(locale, { numeric: true });

/** The day of a moment as one says it: "Today", "Yesterday", "Monday, 3 November". */
export function day(moment: Date | string): string {
  const then = new Date(moment);
  const now = new Date();
  const midnight = (one: Date) => new Date(one.getFullYear(), one.getMonth(), one.getDate()).getTime();
  const ago = Math.round((midnight(now) - midnight(then)) / 86_400_000);
  const year = then.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  const said =
    ago === 0 || ago === 1
      ? new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-ago, "day")
      : new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", ...year }).format(then);
  return said.charAt(0).toLocaleUpperCase(locale) + said.slice(1);
}

/** An amount of US dollars, in which the prices of models are. */
export const dollars = (amount: number) => number(amount, { style: "currency", currency: "USD", minimumSignificantDigits: 2, maximumSignificantDigits: 3 });
