// Reads what a user sees from the page of a workbench; runs inside the page.

/** Runs in the page: one place for reading text, with $(icon) for icons. */
export function inPage() {
  const text = (el) => {
    let out = '';
    for (const n of el.childNodes) {
      if (n.nodeType === 3) out += n.nodeValue;
      else if (n.nodeType === 1) {
        const icon = [...n.classList].find((c) => c.startsWith('codicon-') && !c.includes('modifier'));
        out += n.classList.contains('codicon') && icon ? `$(${icon.slice(8)})` : text(n);
      }
    }
    return out.replace(/\u00a0/g, ' ');
  };
  const seen = (el) => {
    const r = el.getBoundingClientRect();
    return (
      r.width > 0 &&
      r.height > 0 &&
      r.bottom > 0 &&
      r.right > 0 &&
      r.top < innerHeight &&
      r.left < innerWidth &&
      el.checkVisibility({ visibilityProperty: true })
    );
  };
  const editors = () => [...document.querySelectorAll('.monaco-editor[data-uri]')].filter(seen);
  // line number -> top, for the lines that are on the screen
  const lines = (editor) => {
    const tops = [...editor.querySelectorAll('.margin-view-overlays .line-numbers')]
      .filter((e) => /^\d+$/.test(e.textContent.trim()))
      .map((e) => [Number(e.textContent.trim()), e.getBoundingClientRect().top]);
    const view = [...editor.querySelectorAll('.view-lines .view-line')].map((e) => [e, e.getBoundingClientRect()]).sort((a, b) => a[1].top - b[1].top);
    return view
      .map(([el, r], i) => ({
        el,
        top: r.top,
        bottom: r.bottom,
        line: tops.length ? tops.find((t) => Math.abs(t[1] - r.top) < r.height / 2)?.[0] : i + 1,
      }))
      .filter((l) => l.line);
  };
  const lenses = () =>
    editors().flatMap((editor) => {
      const all = lines(editor);
      const box = editor.getBoundingClientRect();
      return [...editor.querySelectorAll('.codelens-decoration')]
        .filter(seen)
        .map((w) => {
          // a lens stands right above its line; scrolled-out lenses stay in the DOM, far from any line
          const { top, bottom } = w.getBoundingClientRect();
          const next = all.filter((l) => l.top >= bottom - 6 && l.top <= bottom + 12).sort((x, y) => x.top - y.top)[0];
          return {
            uri: editor.getAttribute('data-uri'),
            line: next && top >= box.top && bottom <= box.bottom ? next.line : null,
            texts: [...w.querySelectorAll(':scope > a, :scope > span')].map(text).filter((t) => t.trim() && t.trim() !== '|'),
          };
        })
        .filter((l) => l.line && l.texts.length)
        .sort((x, y) => x.line - y.line);
    });
  const status = () =>
    [...document.querySelectorAll('.part.statusbar .statusbar-item')]
      .filter(seen)
      .map((e) => ({ id: e.id, text: text(e).trim(), label: e.getAttribute('aria-label') || e.firstElementChild?.getAttribute('aria-label') || '' }))
      .filter((s) => s.text);
  const position = (line, column, uri) => {
    for (const editor of editors()) {
      if (uri && !editor.getAttribute('data-uri').includes(uri)) continue;
      const found = lines(editor).find((l) => l.line === line);
      if (!found) continue;
      const walk = document.createTreeWalker(found.el, NodeFilter.SHOW_TEXT);
      let left = column - 1;
      let last = null;
      for (let n = walk.nextNode(); n; n = walk.nextNode()) {
        if (left < n.nodeValue.length) {
          const range = document.createRange();
          range.setStart(n, left);
          range.setEnd(n, left + 1);
          const r = range.getBoundingClientRect();
          return { x: r.left + r.width / 2, y: (found.top + found.bottom) / 2 };
        }
        left -= n.nodeValue.length;
        last = n;
      }
      const end = last ? last.parentElement.getBoundingClientRect().right : found.el.getBoundingClientRect().left + 2;
      return { x: end, y: (found.top + found.bottom) / 2 };
    }
    return null;
  };
  const hovers = () =>
    [...document.querySelectorAll('.monaco-hover:not(.hidden) .hover-row, .monaco-hover:not(.hidden) .hover-contents')]
      .filter((e) => seen(e) && !e.parentElement.closest('.hover-row'))
      .map((e) => e.textContent.replace(/\u00a0/g, ' ').trim())
      .filter((t) => t && t !== 'Loading...');
  globalThis.e2e = { text, seen, editors, lines, lenses, status, position, hovers };
}
