/** The answer to "whose side is this, may I act here?" as a card. */
import { clauseName } from "../clauses.js";
import { el, kv, named, party } from "../dom.js";
import { t } from "../i18n.js";
import { formatLonLat } from "../map.js";

/** What the bureau may do, in a few words. */
export const ACT_WORDS = () => ({
  host: t("属地单位，由我方牵头"),
  assist: t("可以协助"),
  with_notice: t("通知后可以巡查"),
  no: t("不能在此执法"),
});

/** Metres as people say them. */
export function metres(value) {
  if (value === null || value === undefined) return t("未知");
  return value < 1000 ? t("{n}米", { n: Math.round(value) }) : t("{n}公里", { n: (value / 1000).toFixed(2) });
}

const SIDES = { own: "a", partner: "b" };

function place(jurisdiction, side) {
  if (!jurisdiction) return t("不在已知辖区内");
  const { name, parent_name: parent, bureau } = jurisdiction;
  const label = parent ? t("{parent} {name}", { parent: named(parent), name: named(name) }) : named(name);
  return bureau ? party(t("{place}（{bureau}）", { place: label, bureau: bureau.short_name }), SIDES[side] ?? null) : t("{place}（未接入）", { place: label });
}

function clauseRow({ agreement, clause }) {
  if (!agreement || !clause) return null;
  return [t("依据"), el("details", {}, el("summary", {}, t("《{title}》{clause}", { title: agreement.title, clause: clauseName(clause.number) })),
    el("p", {}, clause.text))];
}

function phone(bureau) {
  return bureau?.duty_phone ? el("a", { href: `tel:${bureau.duty_phone.replaceAll(/[^\d+]/g, "")}` }, bureau.duty_phone) : null;
}

function rows(answer) {
  const line = answer.line ? t("（{a}—{b}）", { a: named(answer.line.a_name), b: named(answer.line.b_name) }) : "";
  const zones = answer.zones.map((zone) => el("a", { href: `/zones/${zone.id}` }, zone.name));
  return [
    [t("属地"), place(answer.jurisdiction, answer.side)],
    [t("距分界线"), answer.distance_to_line_m === null ? t("未知") : `${metres(answer.distance_to_line_m)}${line}`],
    [t("误差"), `±${metres(answer.uncertainty_m)}`],
    zones.length > 0 && [t("区域"), el("span", {}, zones)],
    clauseRow(answer),
    answer.side !== "own" && phone(answer.jurisdiction?.bureau) && [t("值班电话"), phone(answer.jurisdiction.bureau)],
    [t("坐标"), el("span", { class: "mono" }, formatLonLat(answer.lon, answer.lat))],
  ].filter(Boolean);
}

function sureCard(answer) {
  const tone = answer.zone_certain ? answer.may_act : "unsure";
  const words = answer.zone_certain || answer.may_act === "host" ? ACT_WORDS()[answer.may_act] : t("难以判定是否在区域内");
  return el("div", { class: `verdict verdict--${tone}` },
    el("strong", { class: "verdict__answer" }, words), el("p", {}, answer.reason));
}

/** Both answers: what holds if the place lies on this side, and what if on the other. */
function unsureCard(answer) {
  const sides = answer.answers.length > 1 ? answer.answers : [];
  const nowhere = answer.answers.every((side) => !side.jurisdiction);
  return el("div", { class: "stack" },
    el("div", { class: "verdict verdict--unsure" },
      el("strong", { class: "verdict__answer" }, nowhere ? t("不在已知辖区内") : t("难以判定 ±{n}", { n: metres(answer.uncertainty_m) })),
      el("p", {}, answer.reason)),
    sides.map((side) => el("div", { class: `verdict verdict--${side.may_act}` },
      el("span", { class: "small" }, t("若在这一侧："), " ", place(side.jurisdiction, side.side)),
      el("strong", { class: "verdict__answer" }, ACT_WORDS()[side.may_act]),
      el("p", { class: "small" }, side.reason))));
}

/** The whole card as a node. */
export function resultCard(answer) {
  return el("div", { class: "stack", dataset: { certain: answer.certain, act: answer.may_act } },
    answer.certain ? sureCard(answer) : unsureCard(answer), kv(rows(answer)));
}
