// Signing in again in a window beside the page. The window comes back to the page's own address, and hands what it came back with to the
// page that waits for it: no more than the code, which is useless without the verifier that the page holds.

import type { Asked, Authority, Tokens } from "./protocol";

const CHANNEL = "outcrop.sign-in";
const PATIENCE = 1000; // milliseconds, for a page that waits to say so
const WINDOW = "popup,width=520,height=760";

interface Return {
  query: string;
}

/** Opens the window; gives the tokens once the person has signed in there. Throws at once if the browser opens none. */
export async function signInBeside(authority: Authority, asked: Asked, address: string, signal: AbortSignal): Promise<Tokens> {
  const channel = new BroadcastChannel(CHANNEL);
  try {
    const returned = new Promise<URLSearchParams>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("aborted")));
      channel.onmessage = ({ data }: MessageEvent<Return | { taken: string }>) => {
        if (!("query" in data)) return;
        const query = new URLSearchParams(data.query);
        if (query.get("state") !== asked.state) return; // another page's
        channel.postMessage({ taken: asked.state });
        resolve(query);
      };
    });
    open(address, "outcrop-sign-in", WINDOW);
    return await authority.tokens(await returned, asked);
  } finally {
    channel.close();
  }
}

/** Whether a page that waits beside this window takes what it came back with. */
export async function handOver(query: URLSearchParams): Promise<boolean> {
  const channel = new BroadcastChannel(CHANNEL);
  try {
    return await new Promise<boolean>((resolve) => {
      channel.onmessage = ({ data }: MessageEvent<Return | { taken: string }>) => {
        if ("taken" in data && data.taken === query.get("state")) resolve(true);
      };
      setTimeout(() => resolve(false), PATIENCE);
      channel.postMessage({ query: query.toString() } satisfies Return);
    });
  } finally {
    channel.close();
  }
}
