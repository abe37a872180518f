// Cognito's side of signing in: the authorization code flow with PKCE (RFC 6749, 4.1; RFC 7636), an ID token that is for this page and
// answers this very request (OpenID Connect Core, 3.1.3.7: state, nonce, issuer, audience, expiry), renewal and revocation (RFC 7009).
//
// The token comes from Cognito itself over TLS, so that its signature proves nothing more; API Gateway checks it at each call.

import * as oauth from "oauth4webapi";

import type { SignIn } from "../api/config";

export interface Tokens {
  id: string;
  refresh: string;
  /** In milliseconds since 1970. */
  expires: number;
  person: string;
  name: string;
}

/** A request for a code that is under way: what its answer has to fit. */
export interface Asked {
  state: string;
  nonce: string;
  verifier: string;
}

/** Cognito refuses: a code, a token, or the person. */
export class Refused extends Error {}

export class Authority {
  readonly #server: oauth.AuthorizationServer;
  readonly #client: oauth.Client;
  readonly #options: { [oauth.allowInsecureRequests]?: boolean };

  constructor(
    readonly config: SignIn,
    readonly page: string,
  ) {
    const { authority, issuer } = config;
    this.#server = {
      issuer,
      authorization_endpoint: `${authority}/oauth2/authorize`,
      token_endpoint: `${authority}/oauth2/token`,
      revocation_endpoint: `${authority}/oauth2/revoke`,
    };
    this.#client = { client_id: config.clientId };
    this.#options = ["127.0.0.1", "localhost"].includes(new URL(authority).hostname) ? { [oauth.allowInsecureRequests]: true } : {};
  }

  ask(): Asked {
    return { state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce(), verifier: oauth.generateRandomCodeVerifier() };
  }

  /** Where the person signs in. */
  async address(asked: Asked): Promise<string> {
    const url = new URL(this.#server.authorization_endpoint!);
    url.search = new URLSearchParams({
      response_type: "code",
      client_id: this.config.clientId,
      redirect_uri: this.page,
      scope: this.config.scopes.join(" "),
      state: asked.state,
      nonce: asked.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(asked.verifier),
      code_challenge_method: "S256",
    }).toString();
    return url.href;
  }

  /** Where the person signs out; the browser comes back to the page. */
  goodbye(): string {
    const url = new URL(`${this.config.authority}/logout`);
    url.search = new URLSearchParams({ client_id: this.config.clientId, logout_uri: this.page }).toString();
    return url.href;
  }

  /** The tokens for the query that the browser came back with. */
  async tokens(query: URLSearchParams, asked: Asked): Promise<Tokens> {
    return refusing(async () => {
      const answer = oauth.validateAuthResponse(this.#server, this.#client, query, asked.state);
      const response = await oauth.authorizationCodeGrantRequest(
        this.#server,
        this.#client,
        oauth.None(),
        answer,
        this.page,
        asked.verifier,
        this.#options,
      );
      const granted = await oauth.processAuthorizationCodeResponse(this.#server, this.#client, response, {
        expectedNonce: asked.nonce,
        requireIdToken: true,
      });
      return this.#read(granted, "");
    });
  }

  async renewed(tokens: Tokens): Promise<Tokens> {
    return refusing(async () => {
      const response = await oauth.refreshTokenGrantRequest(this.#server, this.#client, oauth.None(), tokens.refresh, this.#options);
      const renewed = this.#read(await oauth.processRefreshTokenResponse(this.#server, this.#client, response), tokens.refresh);
      if (renewed.person !== tokens.person) throw new Refused("The token is another person's.");
      return renewed;
    });
  }

  /** Takes the refresh token back, and with it all that came of it. */
  async revoke(tokens: Tokens): Promise<void> {
    await oauth.revocationRequest(this.#server, this.#client, oauth.None(), tokens.refresh, this.#options);
  }

  #read(granted: oauth.TokenEndpointResponse, refresh: string): Tokens {
    const claims = oauth.getValidatedIdTokenClaims(granted);
    if (!claims || !granted.id_token) throw new Refused("There is no ID token.");
    return {
      id: granted.id_token,
      refresh: granted.refresh_token ?? refresh,
      expires: claims.exp * 1000,
      person: claims.sub,
      name: typeof claims["email"] === "string" ? claims["email"] : "",
    };
  }
}

/** Tells what Cognito refuses from a network that fails, after which one tries again. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) throw new Refused(error.error_description ?? error.error);
    if (error instanceof oauth.ResponseBodyError) throw new Refused(error.error_description ?? error.error);
    if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError) throw new Refused(error.message);
    throw error;
  }
}
