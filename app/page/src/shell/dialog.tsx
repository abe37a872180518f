// A question that the reader answers before anything else: a dialog of the browser's own, which keeps the focus inside and gives it back.

import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";

import { told } from "./told";
import { words } from "../words";

interface Properties {
  title: string;
  /** The name of the button that does it. */
  action: string;
  /** Whether what is done cannot be undone. */
  isFinal?: boolean;
  /** Does it. The dialog stays open, and says why, if it fails. */
  onDo: () => Promise<void>;
  onClose: () => void;
  children?: ReactNode;
}

export function Dialog({ title, action, isFinal = false, onDo, onClose, children }: Properties) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    setProblem("");
    try {
      await onDo();
      onClose();
    } catch (error) {
      setProblem(told(error));
      setIsBusy(false);
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={heading}>{title}</h2>
        {children}
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <div className="actions">
          {/* The focus begins here where the other button destroys something. */}
          <button type="button" autoFocus={isFinal} onClick={onClose}>
            {words.shell.cancel}
          </button>
          <button type="submit" className={isFinal ? "final" : "primary"} disabled={isBusy}>
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
