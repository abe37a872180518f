"""A script that watches the page from within, before the page's own script runs."""

WATCH = """
window.watched = {read: null, shown: null, shift: 0, moved: []};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries().filter((each) => !each.hadRecentInput)) {
    const here = entry.sources.filter(({node}) => document.querySelector("main")?.contains(node));
    if (here.length) watched.shift += entry.value;
    for (const {node, previousRect, currentRect} of here) {
      const [was, is] = [previousRect, currentRect].map(({x, y}) => `${x}, ${y}`);
      watched.moved.push(`${node.className || node.nodeName}: ${was} -> ${is}`);
    }
  }
}).observe({type: "layout-shift", buffered: true});
const original = window.fetch;
window.fetch = async (...given) => {
  const response = await original(...given);
  if (!String(given[0]).includes("/chat/stream") || !response.body) return response;
  watched.read = watched.shown = null;
  Object.assign(watched, {shift: 0, moved: []});
  const reading = new TransformStream({
    transform(chunk, controller) {
      if (watched.read === null && new TextDecoder().decode(chunk).includes('"text-delta"'))
        watched.read = performance.now();
      controller.enqueue(chunk);
    },
  });
  const observer = new MutationObserver(() => {
    const answer = [...document.querySelectorAll(".reply .answer")].at(-1);
    if (watched.read === null || !answer?.textContent.trim()) return;
    observer.disconnect();
    const painted = () => { watched.shown = performance.now(); };
    requestAnimationFrame(() => requestAnimationFrame(painted));
  });
  observer.observe(document.body, {childList: true, subtree: true, characterData: true});
  const watchedBody = response.body.pipeThrough(reading);
  return new Response(watchedBody, {status: response.status, headers: response.headers});
};
"""
"""`watched` has when the first word was read and painted, the sum of the layout's shifts in
`main` since the stream began, and what moved.
"""
