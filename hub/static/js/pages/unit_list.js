/** The units beside the map, in words: filters, how many are lost, a page of them; for the keyboard too. */
import { el, fill, named, party } from "../dom.js";
import { t, tn } from "../i18n.js";
import { ageOf, ageWords } from "../units-store.js";

const PAGE = 10;
const RENEW_MS = 2_000;
const STATES = () => [["", t("全部状态")], ["fresh", t("一分钟内")], ["old", t("较旧")], ["lost", t("失联")], ["paused", t("已暂停")]];

/**
 * Mount in an element. `choose(unit)` is called for the one pressed, `filter(shows)` when the filter
 * changed. With `few` (the units of one patrol) there is nothing to filter, and nothing at all while
 * none is out. Returns {show()}.
 */
export function mountUnitList(host, store, { choose, filter, few = false }) {
  const bureau = select(t("单位"));
  const patrol = select(t("巡查"));
  const state = select(t("状态"), STATES());
  const words = el("input", { type: "search", class: "input", "aria-label": t("姓名"), placeholder: t("姓名") });
  const summary = el("p", { class: "small", role: "status" });
  const rows = el("ul", { class: "unit-list" });
  const pager = el("div", { class: "pager" });
  const list = { store, host, summary, rows, pager, few, page: 0, choose, drawnAt: 0 };
  list.shows = (unit) => (!bureau.value || unit.who.bureau_id === bureau.value)
    && (!patrol.value || unit.who.patrol_id === patrol.value)
    && (!words.value.trim() || unit.who.unit_name.includes(words.value.trim()))
    && (!state.value || ageOf(unit, store.lostS, store.now()).look === state.value);
  const changed = () => {
    list.page = 0;
    list.drawnAt = 0;
    filter(list.shows);
    show();
  };
  for (const input of [bureau, patrol, state, words]) input.addEventListener("input", changed);
  const show = () => {
    // An empty list waits for nothing: what comes first shows at once.
    const rested = performance.now() - list.drawnAt >= RENEW_MS;
    if ((rows.childElementCount > 0 && !rested) || !host.isConnected) return;
    list.drawnAt = performance.now();
    offer(bureau, t("全部单位"), choices(store, (who) => [who.bureau_id, named(who.bureau_name)]));
    offer(patrol, t("全部巡查"), choices(store, (who) => [who.patrol_id, who.patrol_title === "" ? who.patrol_number : `${who.patrol_number} ${who.patrol_title}`]));
    draw(list);
  };
  fill(host, el("h2", { class: "field__label" }, t("在外单元")), summary,
    few ? null : el("div", { class: "unit-filters" }, bureau, patrol, state, words), rows, pager);
  show();
  return { show };
}

function select(label, options = []) {
  return el("select", { class: "input", "aria-label": label }, options.map(([value, text]) => el("option", { value }, text)));
}

function choices(store, of) {
  const found = new Map();
  for (const { who } of store.units.values()) {
    const [value, text] = of(who);
    found.set(value, text);
  }
  return [...found].sort(([, a], [, b]) => a.localeCompare(b));
}

/** Put choices into a select unless it holds them already; what was chosen stays chosen. */
function offer(node, all, options) {
  const signature = JSON.stringify(options);
  if (node.dataset.holds === signature) return;
  node.dataset.holds = signature;
  const chosen = node.value;
  fill(node, el("option", { value: "" }, all), options.map(([value, text]) => el("option", { value }, text)));
  node.value = chosen;
  if (node.value !== chosen) node.value = "";
}

/** Lost ones first, then by patrol and name. */
function draw(list) {
  const { store, summary, pager } = list;
  const now = store.now();
  const found = [...store.units.values()].filter((unit) => unit.lat !== undefined && list.shows(unit))
    .map((unit) => ({ unit, ...ageOf(unit, store.lostS, now) }))
    .sort((a, b) => (b.look === "lost") - (a.look === "lost")
      || a.unit.who.patrol_number.localeCompare(b.unit.who.patrol_number)
      || a.unit.who.unit_name.localeCompare(b.unit.who.unit_name));
  list.host.hidden = list.few && found.length === 0;
  const lost = found.filter(({ look }) => look === "lost").length;
  const words = found.length === 0 ? t("没有单元在外。") : [tn("{n}个单元", { n: found.length }), lost ? t("失联 {n}", { n: lost }) : ""].filter(Boolean).join(" · ");
  if (summary.textContent !== words) summary.textContent = words;
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  list.page = Math.min(list.page, pages - 1);
  drawRows(list, found.slice(list.page * PAGE, (list.page + 1) * PAGE));
  pager.hidden = pages === 1;
  fillOnce(pager, `${list.page}/${pages}`, () => [
    step(list, t("上一页"), -1, list.page > 0), el("span", { class: "small" }, `${list.page + 1} / ${pages}`),
    step(list, t("下一页"), 1, list.page < pages - 1),
  ]);
}

/** Rows are changed in place: who stands on one with the keyboard stays there. */
function drawRows(list, shown) {
  const { rows } = list;
  while (rows.children.length > shown.length) rows.lastElementChild.remove();
  shown.forEach(({ unit, seconds, look }, at) => {
    const row = rows.children[at] ?? rows.appendChild(el("li", {}, el("button", { type: "button", class: "unit-list__row",
      onclick: (event) => list.choose(list.store.units.get(event.currentTarget.dataset.unit)) })));
    const button = row.firstElementChild;
    button.dataset.unit = unit.key;
    button.dataset.age = look;
    fill(button, party(unit.who.unit_name, unit.who.side),
      el("span", { class: "small muted" }, [ageWords(seconds, look), unit.accuracy === null ? "" : t("±{n}米", { n: Math.round(unit.accuracy) })].filter(Boolean).join(" · ")));
  });
}

function fillOnce(node, signature, make) {
  if (node.dataset.holds === signature) return;
  node.dataset.holds = signature;
  fill(node, make());
}

function step(list, text, by, may) {
  return el("button", { type: "button", class: "btn btn--small", disabled: !may,
    onclick: () => { list.page += by; list.drawnAt = 0; draw(list); } }, text);
}
