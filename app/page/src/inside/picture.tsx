// A picture of numbers, in rows and columns, that one can point at: by the pointer, or by the arrow keys.

import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from "react";

export interface Cell {
  row: number;
  column: number;
}

export interface Colours {
  above: string;
  below: string;
  ink: string;
  faint: string;
}

interface Properties {
  label: string;
  /** The cell that is pointed at, as a sentence. */
  said: string;
  rows: number;
  columns: number;
  at: Cell;
  onAt: (cell: Cell) => void;
  /** Space before the first column and above the first row, for names. */
  margin?: number;
  /** Of the whole, by its width: 1 is a square. */
  height: (width: number) => number;
  /** Whether a cell is chosen by a press, and not by pointing at it. */
  isChosenByPress?: boolean;
  draw: (context: CanvasRenderingContext2D, cell: { width: number; height: number }, colours: Colours) => void;
}

const STEPS: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export function Picture({ label, said, rows, columns, at, onAt, margin = 0, height, isChosenByPress, draw }: Properties) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const paint = useRef(() => {});
  paint.current = () => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    const width = element.clientWidth;
    const tall = height(width);
    element.style.height = `${tall}px`;
    const scale = devicePixelRatio || 1;
    element.width = Math.round(width * scale);
    element.height = Math.round(tall * scale);
    context.scale(scale, scale);
    const style = getComputedStyle(element);
    const cell = { width: (width - margin) / columns, height: (tall - margin) / rows };
    const colours = { above: style.accentColor, below: style.outlineColor, ink: style.color, faint: style.caretColor };
    context.translate(margin, margin);
    draw(context, cell, colours);
    context.strokeStyle = colours.ink;
    context.lineWidth = 2;
    const [wide, high] = [Math.max(cell.width, 5), Math.max(cell.height, 5)];
    context.strokeRect(at.column * cell.width - (wide - cell.width) / 2, at.row * cell.height - (high - cell.height) / 2, wide, high);
  };
  useEffect(() => paint.current());
  useEffect(() => {
    const again = () => paint.current();
    const sizes = new ResizeObserver(again);
    if (canvas.current) sizes.observe(canvas.current);
    const themes = new MutationObserver(again);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", again);
    return () => {
      sizes.disconnect();
      themes.disconnect();
      system.removeEventListener("change", again);
    };
  }, []);

  const point = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - margin, event.clientY - box.top - margin];
    const column = Math.floor((x * columns) / (box.width - margin));
    const row = Math.floor((y * rows) / (box.height - margin));
    if (row < 0 || column < 0 || row >= rows || column >= columns) return;
    if (row !== at.row || column !== at.column) onAt({ row, column });
  };
  const press = (event: KeyboardEvent) => {
    const far = event.shiftKey ? 10 : 1;
    const step = STEPS[event.key];
    const place = step ? { row: at.row + step[0] * far, column: at.column + step[1] * far } : event.key === "Home" ? { row: at.row, column: 0 } : event.key === "End" ? { row: at.row, column: columns - 1 } : undefined;
    if (!place) return;
    event.preventDefault();
    onAt({ row: Math.min(rows - 1, Math.max(0, place.row)), column: Math.min(columns - 1, Math.max(0, place.column)) });
  };
  return (
    // What is read aloud is the sentence below; the arrow keys move the cell that it is about.
    <div className="picture-of-numbers" dir="ltr" role="application" aria-label={`${label} ${said}`} tabIndex={0} onKeyDown={press}>
      <canvas ref={canvas} aria-hidden="true" onPointerMove={(event) => event.pointerType === "mouse" && !isChosenByPress && point(event)} onPointerDown={point} />
    </div>
  );
}

/** A token as it is shown: of one that goes on with the token before, what is added. */
export const nameOf = (name: string) => name.replace(/^##/, "…");
