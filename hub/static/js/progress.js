/**
 * How far a long piece of work is: a bar with words, of what is sent and of what the hub tells of it.
 * The hub is asked by the request's operation key (hub/exchange/telling.py).
 */
import { get } from "./api.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";

const EVERY_MS = 500;

/** A bar to put on the page: {node, show(words, share or null), watch(key), stop()}. */
export function progressBar(words) {
  const bar = el("progress", { max: "1", "aria-label": words });
  const said = el("span", { class: "small muted" }, words);
  let timer = null;
  let over = false;

  function show(told, share) {
    if (share === null) bar.removeAttribute("value"); // under way, nobody knows how long
    else bar.value = share;
    said.textContent = share === null ? told : t("{what}：{n}%", { what: told, n: Math.floor(share * 100) });
  }

  async function ask(key) {
    try {
      const found = await get(`/api/v1/packages/progress/${encodeURIComponent(key)}`);
      if (!over) show(found.words, found.of ? found.done / found.of : null);
    } catch {
      // Not begun, over, or out of reach for a moment: the request's own answer tells.
    }
    if (!over) timer = setTimeout(ask, EVERY_MS, key);
  }

  return {
    node: el("p", { class: "progress" }, bar, " ", said),
    show,
    watch: (key) => { timer ??= setTimeout(ask, EVERY_MS, key); },
    stop: () => { over = true; clearTimeout(timer); },
  };
}
