// Who is signed in. Tokens are held in memory and nowhere else: a reload asks Cognito again, which has the person's own session.

import type { Session } from "../api/http";
import { type Authority, Refused, type Tokens } from "./protocol";

const MARGIN = 60_000; // a token that expires sooner is renewed

/** Has the person sign in again beside the page, which stays as it is; gives the tokens. */
export type AskAgain = (authority: Authority) => Promise<Tokens>;

export class SignedIn implements Session {
  #tokens: Tokens;
  #renewal: Promise<string> | undefined;

  constructor(
    private readonly authority: Authority,
    tokens: Tokens,
    private readonly askAgain: AskAgain,
    private readonly leave: (address: string) => void,
  ) {
    this.#tokens = tokens;
  }

  get name(): string {
    return this.#tokens.name;
  }

  async token(): Promise<string> {
    return this.#tokens.expires - Date.now() > MARGIN ? this.#tokens.id : this.#renew();
  }

  async renewed(refused: string): Promise<string> {
    return this.#tokens.id === refused ? this.#renew() : this.token();
  }

  async signOut(): Promise<void> {
    await this.authority.revoke(this.#tokens).catch(() => undefined); // Cognito's page ends the session all the same
    this.leave(this.authority.goodbye());
  }

  /** Many calls at once renew it once. */
  #renew(): Promise<string> {
    this.#renewal ??= this.#again().finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  async #again(): Promise<string> {
    try {
      this.#tokens = await this.authority.renewed(this.#tokens);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const tokens = await this.askAgain(this.authority);
      if (tokens.person !== this.#tokens.person) {
        // What is on the page is the other person's.
        location.reload();
        await new Promise(() => undefined);
      }
      this.#tokens = tokens;
    }
    return this.#tokens.id;
  }
}
