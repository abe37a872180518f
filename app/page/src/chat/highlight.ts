// The colours of code: a part of the page of its own, loaded when the first block of code is shown.

import { toJsxRuntime } from "hast-util-to-jsx-runtime";
import { common, createLowlight } from "lowlight";
import type { ReactNode } from "react";
import { Fragment, jsx, jsxs } from "react/jsx-runtime";

const lowlight = createLowlight(common);

/** The code with its parts marked; as it is, if the language is not one of the common ones. */
export function highlight(text: string, language: string): ReactNode {
  const name = language.toLowerCase();
  return lowlight.registered(name) ? toJsxRuntime(lowlight.highlight(name, text), { Fragment, jsx, jsxs }) : text;
}
