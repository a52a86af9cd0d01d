/** The form of one waypoint: place, time, task, target. */
import { el, icon } from "../dom.js";
import { t } from "../i18n.js";

const options = (names, chosen, empty) => [el("option", { value: "" }, empty),
  ...Object.entries(names).map(([value, name]) => el("option", { value, selected: value === chosen }, name))];

function labelled(id, label, control, hint = null) {
  control.id = `w-${id}`;
  control.name = id;
  control.classList.add("input");
  return el("div", { class: "field field--wide" }, el("label", { class: "field__label", for: `w-${id}` }, label), control, hint && el("span", { class: "field__hint" }, hint));
}

/** Ask for a waypoint; resolves to it, or to null. `list`: {words, findings}. */
export function editWaypoint(point, { words, findings = [] }, title) {
  const number = (value, min, max) => el("input", { type: "number", min, max, step: "any", value });
  const task = el("select", {}, options(words.tasks, point.task, t("无")));
  const kind = el("select", {}, options(words.targets, point.target?.kind, t("无")));
  const name = el("input", { maxlength: 200, value: point.target?.name ?? "" });
  const code = el("input", { maxlength: 40, value: point.target?.code ?? "" });
  const known = findingChoices(point, findings);
  const finding = el("select", {}, known.map((one) => el("option", { value: one.id ?? "", selected: one.id === point.target?.finding?.id }, `${one.number} ${(one.text ?? "").slice(0, 30)}`)));
  const rows = { name: labelled("target_name", t("对象名称"), name), code: labelled("target_code", t("代码"), code), finding: labelled("target_finding", t("哪一项发现"), finding) };
  const show = () => {
    rows.name.hidden = !["party", "outfall", "free"].includes(kind.value);
    rows.code.hidden = !["party", "outfall"].includes(kind.value);
    rows.finding.hidden = kind.value !== "finding";
    rows.code.querySelector("label").textContent = kind.value === "party" ? t("统一社会信用代码") : t("排口编号");
  };
  kind.addEventListener("change", show);
  const form = el("form", { method: "dialog", class: "form", id: "waypoint-form" },
    el("div", { class: "dialog__head" }, el("h2", { id: "waypoint-h" }, title)),
    el("div", { class: "dialog__body" },
      labelled("name", t("名称"), el("input", { required: true, maxlength: 100, value: point.name })),
      labelled("task", t("任务"), task), labelled("task_text", t("要求"), el("textarea", { rows: 2, maxlength: 500 }, point.task_text)),
      labelled("target_kind", t("对象"), kind), rows.name, rows.code, rows.finding,
      el("div", { class: "grid grid--tight" },
        labelled("at_min", t("计划到达（开始后分钟）"), number(point.at_min ?? "", 0, 1440)), labelled("stay_min", t("停留（分钟）"), number(point.stay_min, 0, 1440)),
        labelled("radius_m", t("到达半径（米）"), number(point.radius_m, 10, 1000)), labelled("mode", t("由此往后"), el("select", {}, options(words.modes, point.mode, t("同前")))),
        labelled("lon", t("经度"), number(point.lon, -180, 180)), labelled("lat", t("纬度"), number(point.lat, -90, 90)))),
    el("div", { class: "dialog__foot" }, el("button", { class: "btn", type: "button", onclick: () => dialog.close() }, t("取消")),
      el("button", { class: "btn btn--primary", value: "ok" }, icon("check"), t("确定"))));
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": "waypoint-h" }, form);
  document.body.append(dialog);
  show();
  dialog.showModal();
  form.elements.namedItem("name").focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "ok" ? read(form, point, known) : null);
    });
  });
}

/** The findings to choose from, and the one that stands there though it is not ours to see. */
function findingChoices(point, findings) {
  const stood = point.target?.kind === "finding" ? point.target.finding ?? { id: null, number: t("（对方未公开）") } : null;
  if (!stood || findings.some((one) => one.id === stood.id)) return findings;
  return [stood, ...findings];
}

function read(form, point, known) {
  const text = (name) => form.elements.namedItem(name).value.trim();
  const number = (name) => (text(name) === "" ? null : Number(text(name)));
  return {
    ...point, name: text("name"), task: text("task") || null, task_text: text("task_text"), target: target(text, known),
    at_min: number("at_min") === null ? null : Math.round(number("at_min")), stay_min: Math.round(number("stay_min") ?? 0),
    radius_m: number("radius_m") ?? 50, mode: text("mode") || null, lon: number("lon") ?? point.lon, lat: number("lat") ?? point.lat,
  };
}

function target(text, known) {
  const kind = text("target_kind");
  if (!kind) return null;
  if (kind !== "finding") return { kind, name: text("target_name"), code: kind === "free" ? null : text("target_code") || null };
  const chosen = known.find((one) => (one.id ?? "") === text("target_finding"));
  return chosen ? { kind, finding: chosen.id === null ? null : { id: chosen.id, number: chosen.number, text: chosen.text } } : null;
}
