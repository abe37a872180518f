// What the page has to know of its home: /config.json, beside the page itself.

import { Problem } from "./http";

export interface SignIn {
  authority: string;
  issuer: string;
  clientId: string;
  scopes: string[];
}

export interface Config {
  /** The path before the application's routes. */
  application: string;
  /** Null where nobody has to sign in. */
  signIn: SignIn | null;
  /** Whether the home has a model that can be looked into. */
  inside: boolean;
}

export async function loadConfig(): Promise<Config> {
  const response = await fetch("config.json", { cache: "no-cache" });
  if (!response.ok) throw Problem.of(null, response.status);
  return (await response.json()) as Config;
}
