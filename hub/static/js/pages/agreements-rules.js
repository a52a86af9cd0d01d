/** The sharing terms as rows that are edited: one record kind at one place for some purposes. */
import { el, fill, icon, pageData } from "../dom.js";
import { locale, t } from "../i18n.js";

const { words, bureaus, districts } = pageData();
const PLACES = () => [["in_zone", t("区域内")], ["near_line", t("距分界线若干米内")], ["districts", t("指定区县")], ["anywhere", t("不限地点")]];
const english = locale.startsWith("en");

const option = ([value, text], chosen) => el("option", { value, selected: chosen === value }, text);
const select = (pairs, value, attributes) => el("select", { class: "input", ...attributes }, pairs.map((pair) => option(pair, value)));

/** A labelled control that an error can be shown at; `path` is relative to the row. */
function cell(path, label, ...controls) {
  const [first] = controls;
  const named = first instanceof HTMLElement && first.matches("input, select, textarea");
  if (named) first.setAttribute("aria-label", label);
  return el("div", { class: "field", dataset: { part: path } }, el("span", { class: "field__label" }, label), controls, el("span", { class: "field__error" }));
}

/** One row as elements; `read()` gives its wire form. */
function ruleRow(rule) {
  const box = el("div", { class: "rule", role: "group" });
  const head = el("div", { class: "rule__head" });
  const clause = el("input", { class: "input", value: rule.clause ?? "", maxlength: 40, "data-role": "clause" });
  const kind = select(Object.entries(words.kinds), rule.kind);
  const place = select(PLACES(), rule.place?.type ?? "in_zone");
  const metres = el("input", { class: "input", type: "number", min: 1, step: "any", value: rule.place?.metres ?? "", "aria-label": t("米") });
  const codes = select(districts.map((d) => [d.adcode, `${d.name} ${d.adcode}`]), null, { multiple: true, size: 4, "aria-label": t("区县") });
  for (const o of codes.options) o.selected = (rule.place?.adcodes ?? []).includes(o.value);
  const purposes = Object.entries(words.purposes).map(([value, text]) =>
    el("label", { class: "check" }, el("input", { type: "checkbox", value, checked: (rule.purposes ?? []).includes(value) }), el("span", {}, text)));
  const levels = el("div", { class: "rule__levels" });
  const days = el("input", { class: "input", type: "number", min: 1, max: 36500, value: rule.retention_days ?? "", placeholder: t("同一般期限") });
  const onward = select([["", t("同一般约定")], ...Object.entries(words.onward)], rule.onward?.rule ?? "");
  const named = select(bureaus.map((b) => [b.id, english ? b.short_en : b.short]), null, { multiple: true, size: 3, "aria-label": t("可转交的单位") });
  for (const o of named.options) o.selected = (rule.onward?.bureaus ?? []).includes(o.value);
  const given = { ...rule.levels };

  function showLevels() {
    const groups = words.kind_groups[kind.value] ?? [];
    fill(levels, groups.map((group) => {
      const control = select([["", "—"], ...["white", "gray", "black"].map((level) => [level, words.levels[level]])], given[group] ?? "",
        { "data-group": group, "data-level": given[group] ?? "", "aria-label": words.groups[group] ?? group });
      control.addEventListener("change", () => { given[group] = control.value; control.dataset.level = control.value; });
      return el("label", { class: "rule__level" }, el("span", {}, words.groups[group] ?? group), control);
    }));
  }
  function showPlace() {
    metres.hidden = place.value !== "near_line";
    codes.hidden = place.value !== "districts";
    named.hidden = onward.value !== "parties";
  }
  function showPurposes() {
    const fitting = words.kind_purposes[kind.value] ?? [];
    for (const label of purposes) label.hidden = !fitting.includes(label.querySelector("input").value);
  }
  kind.addEventListener("change", showLevels);
  kind.addEventListener("change", showPurposes);
  for (const control of [place, onward]) control.addEventListener("change", showPlace);
  showLevels();
  showPurposes();
  showPlace();

  const placeWire = () => {
    if (place.value === "near_line") return { type: "near_line", metres: metres.value === "" ? 0 : Number(metres.value) };
    if (place.value === "districts") return { type: "districts", adcodes: [...codes.selectedOptions].map((o) => o.value) };
    return { type: place.value };
  };
  box.read = () => {
    const groups = words.kind_groups[kind.value] ?? [];
    const wire = {
      clause: clause.value.trim(), kind: kind.value, place: placeWire(),
      purposes: purposes.filter((label) => !label.hidden).map((label) => label.querySelector("input")).filter((input) => input.checked).map((input) => input.value),
      levels: Object.fromEntries(groups.filter((group) => given[group]).map((group) => [group, given[group]])),
    };
    if (days.value !== "") wire.retention_days = Number(days.value);
    if (onward.value) wire.onward = onward.value === "parties" ? { rule: "parties", bureaus: [...named.selectedOptions].map((o) => o.value) } : { rule: onward.value };
    return wire;
  };
  box.append(head,
    el("div", { class: "rule__grid" },
      cell("clause", t("条款"), clause), cell("kind", t("记录"), kind), cell("place", t("地点范围"), place, metres, codes),
      cell("purposes", t("用途"), ...purposes), cell("retention_days", t("保存（天）"), days), cell("onward", t("能否转交"), onward, named)),
    cell("levels", t("内容与程度"), levels));
  return box;
}

/** The table of rules in `root`; `changed()` is called after each act of a button or key. */
export function createRules(root, changed) {
  const rows = () => [...root.children];
  function renumber() {
    rows().forEach((row, number) => {
      row.id = `rule-${number}`;
      row.setAttribute("aria-label", t("第{n}行", { n: number + 1 }));
      for (const part of row.querySelectorAll("[data-part]")) part.dataset.field = `terms.rules.${number}.${part.dataset.part}`;
      const act = (name, symbol, label) => el("button", { class: "btn btn--small btn--icon btn--quiet", type: "button", title: label, "aria-label": `${label} ${number + 1}`, onclick: () => acts[name](row) }, icon(symbol));
      fill(row.querySelector(".rule__head"), el("b", {}, String(number + 1)), el("span", { class: "rule__acts" },
        act("up", "up", t("上移")), act("copy", "copy", t("复制")), act("remove", "delete", t("删除"))));
    });
  }
  function focus(row) {
    row?.querySelector("[data-role=clause]")?.focus();
  }
  const acts = {
    up(row) { row.previousElementSibling?.before(row); done(row); },
    copy(row) { const twin = ruleRow(row.read()); row.after(twin); done(twin); },
    remove(row) { const next = row.nextElementSibling ?? row.previousElementSibling; row.remove(); done(next); },
    add(row) {
      const kind = row?.read().kind ?? "case";
      const fresh = ruleRow({ kind, place: { type: "in_zone" }, purposes: words.kind_purposes[kind].slice(0, 1), levels: {} });
      if (row) row.after(fresh); else root.append(fresh);
      done(fresh);
    },
  };
  function done(row) {
    renumber();
    focus(row);
    changed();
  }
  root.addEventListener("keydown", (event) => {
    const row = event.target.closest(".rule");
    if (!event.altKey || !row) return;
    const name = { KeyN: "add", KeyD: "copy", Backspace: "remove", ArrowUp: "up" }[event.code];
    if (!name) return;
    event.preventDefault();
    acts[name](row);
  });
  return {
    set(rules) { fill(root, rules.map(ruleRow)); renumber(); },
    read: () => rows().map((row) => row.read()),
    add: () => acts.add(rows().at(-1)),
  };
}
