/** The zone builder's words and figures. Lengths in metres, areas in square kilometres. */
import { el, fill, icon, kv, named, party } from "../dom.js";
import { locale, t, tn } from "../i18n.js";

const metres = (m, digits = 0) => m.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const km2 = (m2) => t("{km2} 平方公里", { km2: (m2 / 1e6).toFixed(3) });

/** What the API refused, as a notice. */
export function problemNotice(problem) {
  const texts = problem.errors?.length ? problem.errors.map(({ message }) => message) : [problem.message];
  return el("div", { class: "notice notice--danger", role: "alert" }, icon("error"),
    el("div", {}, [...new Set(texts)].map((text) => el("p", {}, text))));
}

/** The line that the two districts share. */
export function drawLineFacts(host, line) {
  fill(host, kv([
    [t("共用界线"), tn("{km} 公里，{n} 段", { km: (line.length_m / 1000).toFixed(2), n: line.parts.length })],
    [t("界线精度"), t("± {m} 米", { m: metres(line.accuracy_m) })],
    [t("来源"), named(line.source)],
  ]));
}

/** Say when the ends of the stretch are the demo's choice and not the agreement's. */
export function drawStretchNote(host, text, revising) {
  const { declared_length_m: declared, note } = text;
  const words = note?.[locale.startsWith("en") ? "en" : "zh"]
    ?? (declared ? t("协作机制只写明了长度，没有写明起止点；起止点由提出方选定。") : t("协作机制没有写明起止点；起止点由提出方选定。"));
  fill(host, !revising && el("div", { class: "notice", role: "note" }, icon("info"), el("div", {}, el("p", { class: "small" }, words))));
}

/** Areas, lengths and errors of a preview; the agreement may name a length and a greatest width. */
export function drawFigures(host, preview, { line, agreement, sideOf }) {
  const { declared_length_m: declared, max_width_m: widest } = agreement?.text.line ?? {};
  const names = { [line.a.adcode]: line.a.name, [line.b.adcode]: line.b.name };
  const strips = [...preview.strips].sort((x, y) => sideOf(x.adcode).localeCompare(sideOf(y.adcode)));
  const rows = strips.map(({ adcode, area_m2: area }) => [party(names[adcode] ?? adcode, sideOf(adcode)), km2(area)]);
  const elsewhere = preview.area_elsewhere_m2;
  if (elsewhere > 1) rows.push([t("落在第三方，不计入"), km2(elsewhere)]);
  if (declared) rows.push([t("写明的界线长"), t("{m} 米", { m: metres(declared) })]);
  const apart = declared ? t("（相差 {m} 米）", { m: metres(Math.abs(preview.line_length_m - declared), 1) }) : "";
  rows.push([t("测得的界线长"), t("{m} 米", { m: metres(preview.line_length_m, 1) }) + apart]);
  rows.push([t("误差"), el("span", {}, t("± {m} 米", { m: metres(preview.error_m, 1) }), el("br"),
    el("span", { class: "small muted" }, t("构图 {c} 米 + 界线数据 {b} 米",
      { c: preview.construction_error_m.toFixed(2), b: metres(preview.boundary_accuracy_m) })))]);
  const wide = widest && preview.width_m > widest;
  fill(host, wide && el("div", { class: "notice notice--warn", role: "status" }, icon("alert"),
    el("div", {}, t("协作机制约定的宽度不超过 {m} 米，这样的区域不能提出。", { m: metres(widest) }))), kv(rows));
}
