// What stands where nothing was asked yet: an invitation, and questions that the reader's own documents answer, or the way to add documents.

import { useEffect, useState } from "react";

import { type Suggestion, suggestions } from "../api/models";
import { language, words } from "../words";

export function Welcome({ onAsk }: { onAsk: (question: string) => void }) {
  const [items, setItems] = useState<Suggestion[]>();
  useEffect(() => {
    let isGone = false;
    suggestions(language).then(
      (found) => isGone || setItems(found.items),
      () => undefined, // without suggestions one can ask all the same
    );
    return () => void (isGone = true);
  }, []);
  return (
    <div className="welcome">
      <h1>{words.chat.ask}</h1>
      <p className="hint">{words.chat.askHint}</p>
      {items?.length === 0 && (
        <p>
          <a href="#documents">{words.documents.add}</a>
        </p>
      )}
      {items && items.length > 0 && (
        <ul aria-label={words.chat.suggestions}>
          {items.map(({ question, document }) => (
            <li key={question}>
              <button type="button" onClick={() => onAsk(question)}>
                <span dir="auto">{question}</span>
                <small>{document}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
