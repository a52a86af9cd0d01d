/** Menus, tabs, copy and print buttons, and the sheet beside a map. */
import { t } from "./i18n.js";
import { toast } from "./toasts.js";

/** Close <details class="menu"> on Escape or a press elsewhere; wire tabs, [data-copy], [data-print]. */
export function enhanceMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const copier = event.target.closest("[data-copy]");
    if (copier) copyText(copier.dataset.copy);
    if (event.target.closest("[data-print]")) print();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  for (const list of document.querySelectorAll('.tabs[role="tablist"]')) makeTabs(list);
}

/** Copy a text and say so; without the right to the clipboard the text is shown to copy by hand. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("已复制：{text}", { text }), "ok", { seconds: 3 });
  } catch {
    toast(t("请手动复制：{text}", { text }), "info", { seconds: 20 });
  }
}

function makeTabs(list) {
  const tabs = [...list.querySelectorAll('[role="tab"]')];
  const choose = (tab, focus = false) => {
    for (const other of tabs) {
      const chosen = other === tab;
      other.setAttribute("aria-selected", String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
    }
    if (focus) tab.focus();
  };
  list.addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) choose(tab);
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) choose(tabs.at((tabs.indexOf(document.activeElement) + step) % tabs.length), true);
  });
  choose(tabs.find((tab) => tab.getAttribute("aria-selected") === "true") ?? tabs[0]);
}

/** The sheet over a map on a phone: its handle opens and closes it. */
export function enhancePanels() {
  for (const handle of document.querySelectorAll(".map-page__handle")) {
    handle.addEventListener("click", () => openPanel(handle.closest(".map-page__panel").dataset.open !== "true"));
  }
}

/** Open or close the sheet; on a wide screen it is always there. */
export function openPanel(open = true) {
  const panel = document.querySelector(".map-page__panel");
  if (!panel) return;
  panel.dataset.open = String(open);
  panel.querySelector(".map-page__handle")?.setAttribute("aria-expanded", String(open));
}
