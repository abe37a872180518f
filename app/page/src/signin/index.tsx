// Signing in: the page goes to Cognito's and comes back with a code, before anything else is shown.
//
//   no code            ──► Cognito's page ──► back with a code
//   a code of our own  ──► tokens ──► the page
//   another's code     ──► the page that waits beside this window
//   an error, or after signing out ──► says so, and waits for the person

import type { ReactNode } from "react";

import type { SignIn } from "../api/config";
import { words } from "../words";
import { handOver } from "./beside";
import { askAgain, Notice } from "./notice";
import { type Asked, Authority, Refused } from "./protocol";
import { SignedIn } from "./session";
import "../style/signin.css";

const PENDING = "outcrop.sign-in";
const LEFT = "outcrop.signed-out";

/** Has somebody sign in; gives the session. It does not return while the browser is on its way to Cognito. */
export async function enter(config: SignIn, show: (notice: ReactNode) => void): Promise<SignedIn> {
  const authority = new Authority(config, new URL("./", location.href).href);
  const query = new URLSearchParams(location.search);
  const pending = take(PENDING);
  const asked = pending ? (JSON.parse(pending) as Asked & { hash: string }) : null;
  const wait = async (title: string, detail?: string): Promise<never> => {
    history.replaceState(null, "", location.pathname + location.hash);
    await new Promise<void>((resolve) => show(<Notice title={title} detail={detail} onSignIn={resolve} />));
    return goTo(authority);
  };
  if (query.has("state") && (query.has("code") || query.has("error"))) {
    if (asked?.state !== query.get("state")) {
      if (!(await handOver(query))) return wait(words.signin.failed);
      close();
      return new Promise(() => show(<Notice title={words.signin.handedOver} />));
    }
    try {
      const tokens = await authority.tokens(query, asked);
      history.replaceState(null, "", location.pathname + asked.hash);
      return new SignedIn(authority, tokens, askAgain, leave);
    } catch (error) {
      if (error instanceof Refused) return wait(words.signin.failed, error.message);
      throw error;
    }
  }
  return take(LEFT) ? wait(words.signin.signedOut) : goTo(authority);
}

async function goTo(authority: Authority): Promise<never> {
  const asked = authority.ask();
  sessionStorage.setItem(PENDING, JSON.stringify({ ...asked, hash: location.hash }));
  location.assign(await authority.address(asked));
  return new Promise(() => undefined);
}

function leave(address: string): void {
  sessionStorage.setItem(LEFT, "yes");
  location.assign(address);
}

function take(key: string): string | null {
  const value = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  return value;
}
