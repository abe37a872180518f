// The position embeddings: for each token 384 numbers, which are added to its own.

import { useId, useMemo, useState } from "react";

import type { View } from "../api/inside";
import { words } from "../words";
import { number } from "../words/format";
import { type Cell, nameOf, Picture } from "./picture";

export function Positions({ view }: { view: View }) {
  const field = useId();
  const [at, setAt] = useState<Cell>({ row: 1, column: 0 });
  const { positions, tokens } = view;
  const columns = positions[0]!.length;
  const cell = { row: Math.min(at.row, positions.length - 1), column: at.column };
  const vector = positions[cell.row]!;
  // Nearly all numbers are small: the largest one of a hundred sets the colours.
  const largest = useMemo(() => {
    const sizes = positions.flat().map(Math.abs).sort((one, other) => one - other);
    return sizes[Math.floor(sizes.length * 0.99)] ?? 1;
  }, [positions]);
  const value = number(vector[cell.column]!, { minimumFractionDigits: 4, maximumFractionDigits: 4, signDisplay: "always" });
  const said = words.inside.position(cell.row, nameOf(tokens[cell.row]!.name), cell.column + 1, value);
  return (
    <section aria-labelledby={`${field}-title`}>
      <h2 id={`${field}-title`}>{words.inside.positions}</h2>
      <p className="hint">{words.inside.positionsHint}</p>
      <Picture
        label={words.inside.positions}
        said={said}
        rows={positions.length}
        columns={columns}
        at={cell}
        onAt={setAt}
        height={() => Math.max(90, positions.length * 10)}
        draw={(context, box, colours) =>
          positions.forEach((numbers, row) =>
            numbers.forEach((each, column) => {
              context.fillStyle = each < 0 ? colours.below : colours.above;
              context.globalAlpha = Math.min(1, Math.abs(each) / largest);
              context.fillRect(column * box.width, row * box.height, box.width + 0.3, box.height - 1);
              context.globalAlpha = 1;
            }),
          )
        }
      />
      <p aria-live="polite">
        <bdi>{said}</bdi>
      </p>
      <p className="legend">
        <span className="above" aria-hidden="true" /> {words.inside.aboveZero} <span className="below" aria-hidden="true" /> {words.inside.belowZero}
      </p>
    </section>
  );
}
