// What stands where a part of the page has failed: an error that can be told to somebody, and a way on. Never a blank page.

import { Component, type ReactNode } from "react";

import { words } from "../words";

export class Failure extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: undefined as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error: error ?? new Error("thrown without a value") };
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <div className="failure" role="alert">
        <h1>{words.shell.broken}</h1>
        <pre tabIndex={0}>{error instanceof Error ? error.message : String(error)}</pre>
        <button type="button" className="primary" onClick={() => location.reload()}>
          {words.shell.reload}
        </button>
      </div>
    );
  }
}
