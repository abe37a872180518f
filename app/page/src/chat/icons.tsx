// The page's signs, as lines in the colour of the text. The button that has one says its name.

import type { ReactNode } from "react";

function Icon({ children, isDirected }: { children: ReactNode; isDirected: boolean }) {
  return (
    <svg className={isDirected ? "sign directed" : "sign"} viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
      {children}
    </svg>
  );
}

/** A sign that is directed points the other way where one reads from right to left. */
const of = (path: string, isDirected = false) => () => (
  <Icon isDirected={isDirected}>
    <path d={path} />
  </Icon>
);

export const CopyIcon = of("M9 9h10v11H9zM5 15V4h10");
export const CheckIcon = of("M5 13l4 4L19 7");
export const EditIcon = of("M4 20h4L19 9l-4-4L4 16zM13 7l4 4");
export const AgainIcon = of("M20 12a8 8 0 1 1-2.3-5.7M20 4v4h-4");
export const SendIcon = of("M12 20V5M6 11l6-6 6 6");
export const StopIcon = of("M6 6h12v12H6z");
export const DownIcon = of("M12 5v14M6 13l6 6 6-6");
export const CloseIcon = of("M6 6l12 12M18 6L6 18");
export const PreviousIcon = of("M15 6l-6 6 6 6", true);
export const NextIcon = of("M9 6l6 6-6 6", true);
export const TuneIcon = of("M4 7h10M18 7h2M4 17h2M10 17h10M14 4v6M6 14v6");
export const ThumbUpIcon = of("M7 11v9H4v-9zM7 11l4-7c2 0 3 1.500 2.500 3L13 10h6l-1.500 9H7");
export const ThumbDownIcon = of("M7 13V4H4v9zM7 13l4 7c2 0 3-1.500 2.500-3L13 14h6l-1.500-9H7");
export const OutIcon = of("M14 5h5v5M19 5l-9 9M11 6H5v13h13v-6");
