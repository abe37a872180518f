// What is said of signing in: in place of the page, or over it.

import { useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";

import { words } from "../words";
import { signInBeside } from "./beside";
import { type Authority, Refused, type Tokens } from "./protocol";

interface Properties {
  title: string;
  detail?: string | undefined;
  onSignIn?: () => void;
}

export function Notice({ title, detail, onSignIn }: Properties) {
  return (
    <main className="signin">
      <div role="status">
        <h1>{title}</h1>
        {detail && <p>{detail}</p>}
      </div>
      {onSignIn && (
        <button type="button" className="primary" onClick={onSignIn} autoFocus>
          {words.signin.signIn}
        </button>
      )}
    </main>
  );
}

/** Says over the page that the session has ended, until the person has signed in again. What called waits; what was written stays. */
export async function askAgain(authority: Authority): Promise<Tokens> {
  const place = document.createElement("div");
  document.body.append(place);
  const root = createRoot(place);
  try {
    return await new Promise((resolve) => root.render(<Ended authority={authority} onTokens={resolve} />));
  } finally {
    root.unmount();
    place.remove();
  }
}

function Ended({ authority, onTokens }: { authority: Authority; onTokens: (tokens: Tokens) => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const attempt = useRef<AbortController>(undefined);
  const [request, setRequest] = useState<{ asked: ReturnType<Authority["ask"]>; address: string }>();
  const [problem, setProblem] = useState("");

  // Known before the button is pressed: a browser opens a window only at once.
  const prepare = async () => {
    const asked = authority.ask();
    setRequest({ asked, address: await authority.address(asked) });
  };
  useEffect(() => {
    const shown = dialog.current;
    if (!shown?.open) shown?.showModal();
    void prepare();
    return () => attempt.current?.abort();
  }, []);

  const signIn = async () => {
    if (!request) return;
    attempt.current?.abort();
    const current = (attempt.current = new AbortController());
    try {
      onTokens(await signInBeside(authority, request.asked, request.address, current.signal));
    } catch (error) {
      if (current.signal.aborted) return;
      setProblem(error instanceof Refused ? error.message : words.shell.offline);
      await prepare();
    }
  };
  return (
    <dialog ref={dialog} className="signin" aria-labelledby="signin-title" onCancel={(event) => event.preventDefault()}>
      <h1 id="signin-title">{words.signin.ended}</h1>
      <p>{words.signin.endedHint}</p>
      {problem && <p role="alert">{problem}</p>}
      <button type="button" className="primary" disabled={!request} onClick={() => void signIn()}>
        {words.signin.signIn}
      </button>
    </dialog>
  );
}
