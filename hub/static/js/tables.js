/** Short lists on the page: sort and filter without the server. Long lists page on the server. */
import { t } from "./i18n.js";

const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

/** Wire table[data-sortable] and input[data-filter-for="#table-id"] under root. */
export function enhanceTables(root = document) {
  for (const table of root.querySelectorAll("table[data-sortable]")) makeSortable(table);
  for (const input of root.querySelectorAll("[data-filter-for]")) makeFilter(input);
}

function makeSortable(table) {
  for (const head of table.querySelectorAll("thead th:not([data-nosort])")) {
    if (head.querySelector(".table__sort") || !head.textContent.trim()) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "table__sort";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sortBy(table, head));
    head.append(button);
  }
}

/** Sort by a column's head; a second press turns the order round. data-sort on a cell is its key. */
export function sortBy(table, head) {
  const descending = head.getAttribute("aria-sort") === "ascending";
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const column = head.cellIndex;
  const key = (row) => {
    const cell = row.cells[column];
    return cell?.dataset.sort ?? cell?.querySelector("time")?.dateTime ?? cell?.textContent.trim() ?? "";
  };
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [key(row), row]);
  rows.sort((a, b) => collator.compare(a[0], b[0]) * (descending ? -1 : 1));
  body.append(...rows.map(([, row]) => row));
}

function makeFilter(input) {
  const table = document.querySelector(input.dataset.filterFor);
  if (!table) return;
  const count = document.createElement("span");
  count.className = "visually-hidden";
  count.setAttribute("role", "status");
  input.after(count);
  input.addEventListener("input", () => {
    const shown = filterRows(table, input.value);
    count.textContent = t("显示 {count} 条", { count: shown });
  });
}

/** Hide the rows that lack one of the words; returns how many are left. */
export function filterRows(table, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of table.tBodies[0].rows) {
    const content = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => content.includes(word));
    if (!row.hidden) shown += 1;
  }
  return shown;
}
