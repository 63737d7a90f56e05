// What a page cuts off as it stands: boxes wider than the page, text behind an edge, labels that end in dots.
// Scrollers that the page declares are left alone, and so is what is invisible.
(scrollers) => {
  const found = new Set();
  const wide = document.documentElement.clientWidth;
  const name = (el) => {
    const text = (el.innerText ?? el.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 60);
    return `${el.tagName.toLowerCase()}${el.dataset?.testid ? `[${el.dataset.testid}]` : ""}.${String(el.className?.baseVal ?? el.className).slice(0, 40)} "${text}"`;
  };
  const shown = (el) => el.getClientRects().length > 0 && getComputedStyle(el).visibility !== "hidden" && getComputedStyle(el).opacity !== "0";
  const ownText = (el) => [...el.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join("").trim();

  for (const el of [document.documentElement, document.querySelector("[data-testid=stMain]")]) {
    if (el && el.scrollWidth > el.clientWidth) found.add(`scrolls sideways: ${name(el).slice(0, 60)} ${el.scrollWidth} > ${el.clientWidth}`);
  }

  const walk = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.shadowRoot) walk(el.shadowRoot);
      if (el.closest(scrollers) || el.tagName === "STYLE" || el.tagName === "SCRIPT" || !shown(el)) continue;
      const style = getComputedStyle(el), text = ownText(el), box = el.getBoundingClientRect();
      if (!text) continue;
      if (/\S ?(…|\.\.\.)$/.test(text)) found.add(`ends in dots: ${name(el)}`);
      if (box.width > 1 && box.height > 1 && (box.right > wide + 1 || box.left < -1)) found.add(`beyond the page: ${name(el)}`);
      if (el instanceof SVGElement) {
        const svg = el.closest("svg.main-svg")?.getBoundingClientRect();
        if (svg && box.width && (box.right > svg.right + 2 || box.left < svg.left - 2 || box.bottom > svg.bottom + 2)) found.add(`beyond its chart: ${name(el)}`);
        continue;
      }
      for (let at = el; at && at !== document.body; at = at.parentElement ?? at.getRootNode().host) {
        const own = getComputedStyle(at), edge = at.getBoundingClientRect();
        if (at === el && at.scrollWidth > at.clientWidth + 1 && own.overflowX !== "visible" && own.overflowX !== "auto" && own.overflowX !== "scroll" && at.clientWidth > 1) {
          found.add(`cut: ${name(el)} ${at.scrollWidth} > ${at.clientWidth}`);
        }
        if (at !== el && (own.overflowX === "hidden" || own.overflowX === "clip") && edge.width > 1 && edge.height > 1 && (box.right > edge.right + 2 || box.left < edge.left - 2) && box.width > 1) {
          found.add(`behind an edge: ${name(el)}`);
        }
        if (own.position === "fixed") break;
      }
    }
  };
  walk(document);
  return [...found];
}
