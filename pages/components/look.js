// `look` is one set of colours, or one for each theme: then the browser picks, so that a switch of
// theme, of which Python hears only at its next run, shows at once.
function looksNow(host, look) {
  if (!look?.light || !look?.dark) return look ?? {};
  const canvas = document.createElement("canvas").getContext("2d");
  const outer = host.host ?? host;
  canvas.fillStyle = getComputedStyle(outer).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = [1, 3, 5].map((i) => parseInt(canvas.fillStyle.slice(i, i + 2), 16));
  return 0.3 * red + 0.59 * green + 0.11 * blue < 128 ? look.dark : look.light;
}

// Redraws when a node has become wider or narrower, in the next frame: a drawing that changes its own size inside the
// observer's call is an error on the page ("undelivered notifications"). Ends with disconnect().
function followWidth(node, redraw) {
  let width = Math.round(node.clientWidth);
  let frame = 0;
  const watch = new ResizeObserver(() => {
    if (Math.round(node.clientWidth) === width) return;
    width = Math.round(node.clientWidth);
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(redraw);
  });
  watch.observe(node);
  return { disconnect() { watch.disconnect(); cancelAnimationFrame(frame); } };
}
