// A button that opens a menu of actions. Arrow keys, Home, End and letters go through it; Escape and a press elsewhere close it.

import { type KeyboardEvent, useEffect, useRef, useState } from "react";

export interface Action {
  label: string;
  isFinal?: boolean;
  onDo: () => void;
}

export function Menu({ label, actions }: { label: string; actions: Action[] }) {
  const [place, setPlace] = useState<{ insetBlockStart: number; insetInlineStart: number }>();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const open = () => {
    const { left, right, bottom, top } = button.current!.getBoundingClientRect();
    const height = actions.length * 36 + 16;
    const isRightToLeft = document.documentElement.dir === "rtl";
    const start = isRightToLeft ? innerWidth - right : left;
    setPlace({
      insetBlockStart: Math.max(8, bottom + height > innerHeight ? top - height : bottom),
      insetInlineStart: Math.max(8, Math.min(start, innerWidth - 240)),
    });
  };
  const close = (isDone = true) => {
    setPlace(undefined);
    if (isDone) button.current?.focus();
  };
  useEffect(() => {
    if (!place) return;
    menu.current?.showPopover();
    menu.current?.querySelector("button")?.focus();
  }, [place]);
  const onKeyDown = (event: KeyboardEvent) => {
    const items = [...menu.current!.querySelectorAll("button")];
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    const letter = event.key.length === 1 ? event.key.toLowerCase() : "";
    const to = {
      ArrowDown: items[(at + 1) % items.length],
      ArrowUp: items.at(at - 1),
      Home: items[0],
      End: items.at(-1),
    }[event.key] ?? (letter ? [...items.slice(at + 1), ...items].find((item) => item.textContent?.toLowerCase().startsWith(letter)) : undefined);
    if (event.key === "Tab") close();
    if (!to) return;
    event.preventDefault();
    to.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className="quiet more"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={!!place}
        onClick={open}
      >
        <span aria-hidden="true">⋯</span>
      </button>
      {place && (
        <div
          ref={menu}
          role="menu"
          aria-label={label}
          className="actions-menu"
          popover="auto"
          style={place}
          onKeyDown={onKeyDown}
          onToggle={(event) => event.newState === "closed" && close(menu.current?.contains(document.activeElement) ?? false)}
        >
          {actions.map((action) => (
            <button
              key={action.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className={action.isFinal ? "final-item" : ""}
              onClick={() => {
                close();
                action.onDo();
              }}
            >
              {action.label}
            </button>
          ))}
        </div>
      )}
    </>
  );
}
