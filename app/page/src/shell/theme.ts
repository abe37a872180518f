// Light, dark, or what the system has; remembered.

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "outcrop.theme";

export const theme = (): Theme => THEMES.find((one) => one === localStorage.getItem(KEY)) ?? "system";

/** The style sheet reads the attribute; without it the system's preference holds. */
export function wear(chosen: Theme) {
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

export function choose(chosen: Theme) {
  localStorage.setItem(KEY, chosen);
  wear(chosen);
}
