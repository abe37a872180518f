// What each token reads of each, in every layer and head: all 72 small, and one large.

import { useId, useState } from "react";

import type { View } from "../api/inside";
import { words } from "../words";
import { number } from "../words/format";
import { type Cell, nameOf, Picture } from "./picture";

const SHOWN = 5; // tokens that are named of those that a token reads
const weight = (value: number) => number(value, { minimumFractionDigits: 3, maximumFractionDigits: 3 });

export function Attention({ view }: { view: View }) {
  const field = useId();
  const [head, setHead] = useState<Cell>({ row: 0, column: 0 });
  const [at, setAt] = useState<Cell>({ row: 1, column: 1 });
  const { tokens } = view;
  const size = tokens.length;
  const cell = { row: Math.min(at.row, size - 1), column: Math.min(at.column, size - 1) };
  const matrix = view.attention[head.row]![head.column]!;
  const row = matrix[cell.row]!;
  const names = tokens.map((one) => nameOf(one.name));
  const said = words.inside.reads(names[cell.row]!, weight(row[cell.column]!), names[cell.column]!);
  const most = row.map((value, place) => ({ value, place })).sort((one, other) => other.value - one.value);
  return (
    <section aria-labelledby={`${field}-title`}>
      <h2 id={`${field}-title`}>{words.inside.attention}</h2>
      <p className="hint">{words.inside.attentionHint}</p>
      <div className="heads">
        <Picture
          label={words.inside.overview}
          said={words.inside.layerAndHead(head.row + 1, head.column + 1)}
          rows={view.layers}
          columns={view.heads}
          at={head}
          onAt={setHead}
          isChosenByPress
          height={(width) => (width / view.heads) * view.layers}
          draw={(context, box, colours) => {
            context.fillStyle = colours.above;
            view.attention.forEach((heads, layer) =>
              heads.forEach((each, place) => {
                const [wide, high] = [(box.width - 4) / size, (box.height - 4) / size];
                each.forEach((reads, from) =>
                  reads.forEach((value, to) => {
                    if (value < 0.03) return;
                    context.globalAlpha = Math.sqrt(value);
                    context.fillRect(place * box.width + 2 + to * wide, layer * box.height + 2 + from * high, wide, high);
                  }),
                );
              }),
            );
            context.globalAlpha = 1;
            context.strokeStyle = colours.faint;
            context.lineWidth = 0.5;
            for (let layer = 0; layer < view.layers; layer += 1)
              for (let place = 0; place < view.heads; place += 1) context.strokeRect(place * box.width + 1, layer * box.height + 1, box.width - 2, box.height - 2);
          }}
        />
        <div className="choice">
          <Choice label={words.inside.layer} count={view.layers} value={head.row} onValue={(layer) => setHead({ ...head, row: layer })} />
          <Choice label={words.inside.head} count={view.heads} value={head.column} onValue={(place) => setHead({ ...head, column: place })} />
          <p className="hint">{words.inside.overviewHint}</p>
        </div>
      </div>
      <div className="head">
        <Picture
          label={words.inside.layerAndHead(head.row + 1, head.column + 1)}
          said={said}
          rows={size}
          columns={size}
          at={cell}
          onAt={setAt}
          margin={72}
          height={(width) => width}
          draw={(context, box, colours) => {
            context.fillStyle = colours.above;
            matrix.forEach((reads, from) =>
              reads.forEach((value, to) => {
                context.globalAlpha = Math.sqrt(value);
                context.fillRect(to * box.width, from * box.height, box.width + 0.3, box.height + 0.3);
              }),
            );
            context.globalAlpha = 1;
            context.strokeStyle = colours.faint;
            context.lineWidth = 0.5;
            context.strokeRect(0, 0, box.width * size, box.height * size);
            label(context, names, box, cell, colours.ink, colours.faint);
          }}
        />
        <div className="pointed">
          <p aria-live="polite">
            <bdi>{said}</bdi>
          </p>
          <table>
            <caption>{words.inside.readsMost(names[cell.row]!)}</caption>
            <thead>
              <tr>
                <th scope="col">{words.inside.token}</th>
                <th scope="col">{words.inside.share}</th>
              </tr>
            </thead>
            <tbody>
              {most.slice(0, SHOWN).map(({ value, place }) => (
                <tr key={place}>
                  <th scope="row">
                    <bdi>{names[place]}</bdi> <small>{number(place)}</small>
                  </th>
                  <td>{weight(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="hint">{words.inside.sum(weight(row.reduce((sum, value) => sum + value, 0)))}</p>
        </div>
      </div>
    </section>
  );
}

/** The tokens' names beside the rows and above the columns, as many as there is room for, and those of the cell. */
function label(context: CanvasRenderingContext2D, names: string[], box: { width: number; height: number }, at: Cell, ink: string, faint: string) {
  const size = Math.min(12, Math.max(9, box.height * 0.8));
  context.font = `${size}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  names.forEach((name, place) => {
    const isRoomy = box.height >= 9;
    if (isRoomy || place === at.row) {
      context.textAlign = "right";
      context.fillStyle = place === at.row ? ink : faint;
      context.fillText(name, -6, (place + 0.5) * box.height, 64);
    }
    if (isRoomy || place === at.column) {
      context.save();
      context.translate((place + 0.5) * box.width, -6);
      context.rotate(-Math.PI / 2);
      context.textAlign = "left";
      context.fillStyle = place === at.column ? ink : faint;
      context.fillText(name, 0, 0, 70);
      context.restore();
    }
  });
}

function Choice({ label: name, count, value, onValue }: { label: string; count: number; value: number; onValue: (value: number) => void }) {
  const field = useId();
  return (
    <div className="option">
      <label htmlFor={field}>{name}</label>
      <select id={field} value={value} onChange={(event) => onValue(Number(event.target.value))}>
        {[...Array(count).keys()].map((one) => (
          <option key={one} value={one}>
            {number(one + 1)}
          </option>
        ))}
      </select>
    </div>
  );
}
