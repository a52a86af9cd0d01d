/** The search box of the top bar: `/` goes to it, what is typed suggests records, arrows choose. */
import { api } from "./api.js";
import { el } from "./dom.js";

const WAIT_MS = 180;

/** Wire the box, and arrow keys in lists marked [data-arrows]. */
export function enhanceSearch() {
  const form = document.querySelector(".topsearch");
  if (form) wire(form);
  document.addEventListener("keydown", (event) => {
    const list = event.target.closest?.("[data-arrows]"); // asked anew: results renew themselves
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!list || !step) return;
    const links = [...list.querySelectorAll("a")];
    links[links.indexOf(document.activeElement) + step]?.focus();
    event.preventDefault();
  });
}

function wire(form) {
  const input = form.querySelector("input");
  const list = form.querySelector("ul");
  let timer = 0;
  let asked = null;
  let chosen = -1;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const options = () => [...list.querySelectorAll('[role="option"]')];
  const choose = (index) => {
    const all = options();
    chosen = all.length ? (index + all.length) % all.length : -1;
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    if (chosen >= 0) input.setAttribute("aria-activedescendant", all[chosen].id);
  };
  const show = (items) => {
    list.replaceChildren(...items.map(optionOf));
    list.hidden = items.length === 0;
    chosen = -1;
    input.setAttribute("aria-expanded", String(items.length > 0));
  };
  const suggest = async () => {
    asked?.abort();
    const q = input.value.trim();
    if (!q) return close();
    asked = new AbortController();
    try {
      const query = new URLSearchParams({ q });
      const { items } = await api("GET", `${form.dataset.suggest}?${query}`, { signal: asked.signal });
      if (document.activeElement === input && input.value.trim() === q) show(items);
    } catch {
      close(); // the box still leads to the page of results, which says what is wrong
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault(); // the browser would empty the box
      return list.hidden ? input.blur() : close();
    }
    if (list.hidden) return undefined;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      options()[chosen].querySelector("a").click();
    }
    return undefined;
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}

function optionOf(item, index) {
  const name = item.title || item.number || item.kind_name;
  const about = [item.kind_name, item.number, item.bureau_name].filter(Boolean).join(" · ");
  const link = el("a", { href: item.url, tabindex: "-1" }, el("span", {}, name), el("small", {}, about));
  return el("li", { role: "option", id: `topsearch-${index}`, "aria-selected": "false" }, link);
}
