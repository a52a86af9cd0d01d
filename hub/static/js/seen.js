/** A case as the other side sees it: what is open under which clause, who reads it, field by field. */
import { clauseName } from "./clauses.js";
import { badge, el, icon, named, scrollable } from "./dom.js";
import { t } from "./i18n.js";
import { formatTime } from "./times.js";

const LEVELS = { white: [t("共享"), "ok"], gray: [t("仅告知"), "warn"], black: [t("不可见"), "neutral"] };
const LIST = t("、");
const list = (words) => words.join(LIST);
const bracketed = (text) => t("（") + text + t("）");
const begun = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
const HIDDEN = new Set(["id", "owner_bureau_id", "version"]);

/** Nodes for an answer of /cases/…/preview; `words` are names of coded values by field. */
export function caseSeen(seen, words, withPeople = true) {
  return [head(seen), withPeople && seen.level !== "black" ? people(seen) : el("p", {}), table(seen, words)];
}

function head(seen) {
  const [text, tone] = LEVELS[seen.level];
  const ground = [seen.agreement_number, clauseName(seen.clause)].filter(Boolean).join(" ");
  return el("div", { class: `notice notice--${seen.level === "white" ? "ok" : "warn"}` }, icon("eye"),
    el("div", {}, el("p", {}, el("strong", {}, named(seen.bureau_name)), " ", badge(text, tone)),
      el("p", {}, begun(seen.reason_text) + (ground ? bracketed(ground) : ""))));
}

/** By name, who at the other bureau has the right and the clearance: seen.people. */
export function people(seen) {
  const names = seen.people.map(({ name, roles }) => el("li", {}, name + bracketed(list(roles))));
  return el("section", {}, el("h3", {}, t("对方有权查阅的人员")),
    names.length ? el("ul", { class: "small", "data-people": "" }, names) : el("p", { class: "small" }, t("对方目前没有人的权限和密级足以查阅。")));
}

function table(seen, words) {
  const rows = seen.fields.filter(({ field }) => !HIDDEN.has(field)).map(({ field, name, level, clause, rule_url: rule }) => {
    const [text, tone] = LEVELS[level];
    return el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, badge(text, tone)),
      el("td", { class: "nowrap" }, rule ? el("a", { href: rule }, clauseName(clause)) : clauseName(clause) || "—"), el("td", {}, level === "white" ? shown(field, seen.view?.[field], words) : "—"));
  });
  return scrollable(t("对方看到"), el("table", { class: "table" },
    el("thead", {}, el("tr", {}, [t("字段"), t("开放"), t("条款"), t("对方看到")].map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, rows)));
}

function shown(field, value, words) {
  if (value === null || value === undefined || value === "") return "—";
  if (field === "opened_at") return formatTime(value);
  if (field === "lon" || field === "lat") return value.toFixed(6);
  if (field === "measures") return value.map((one) => one.kind_name).join(LIST) || "—";
  if (field === "progress") return value.map((one) => one.text).join(t("；")) || "—";
  if (field === "links") return value.map((one) => one.number).join(LIST) || "—";
  if (field === "parties") return value.map((party) => party.name + bracketed(party.role_name)).join(LIST) || "—";
  if (field === "files") return value.map((file) => file.name).join(LIST) || "—";
  return named(words[field]?.[value] ?? String(value));
}
