/** Short messages in the corner, read out politely. */
import { el, icon } from "./dom.js";
import { t } from "./i18n.js";

const SYMBOLS = { info: "info", ok: "success", warn: "alert", danger: "error" };

/**
 * Show a message; tones info, ok, warn, danger. Errors stay until closed.
 * `link` {url, label} adds a way on, `act` {label, run} a button that does something and closes it. Returns the element.
 */
export function toast(text, tone = "info", { link = null, act = null, seconds = 6 } = {}) {
  const close = el("button", {
    class: "btn btn--quiet btn--small btn--icon", type: "button", "aria-label": t("关闭"),
    onclick: () => node.remove(),
  }, icon("close"));
  const node = el("div", { class: `notice toast notice--${tone}`, role: tone === "danger" ? "alert" : null },
    icon(SYMBOLS[tone] ?? "info"),
    el("div", {}, el("p", {}, text), link && el("a", { href: link.url }, link.label),
      act && el("button", { class: "btn btn--small", type: "button", onclick: () => { node.remove(); act.run(); } }, act.label)), close);
  document.getElementById("toasts")?.append(node);
  if (tone !== "danger") setTimeout(() => node.remove(), seconds * 1000);
  return node;
}
