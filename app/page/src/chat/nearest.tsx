// The documents do not say: the places that come nearest, and what one can do.

import type { Place } from "../api/answers";
import { words } from "../words";
import { placeOf } from "./places";

interface Properties {
  places: Place[];
  onOpen: (place: Place) => void;
  onAskOtherwise: () => void;
}

export function Nearest({ places, onOpen, onAskOtherwise }: Properties) {
  return (
    <section role="group" className="nearest" aria-label={words.chat.nearest}>
      {places.length > 0 && (
        <>
          <h3>{words.chat.nearest}</h3>
          <ul>
            {places.map((place, index) => (
              <li key={index}>
                <button type="button" onClick={() => onOpen(place)}>
                  <span className="name" dir="auto">
                    {place.title} <small>{placeOf(place)}</small>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="row">
        <span>{words.chat.notSaidHint}</span>
        <button type="button" onClick={onAskOtherwise}>
          {words.chat.askOtherwise}
        </button>
        <a className="button" href="#documents">
          {words.documents.add}
        </a>
      </p>
    </section>
  );
}
