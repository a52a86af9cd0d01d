/** What the route of a plan sticks to, chosen line by line; and the bureau's own guide lines. */
import { del, get, post } from "../api.js";
import { confirmDialog } from "../dialogs.js";
import { el, fill, icon } from "../dom.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { toast } from "../toasts.js";
import { metres } from "./patrols-map.js";

const KINDS = { boundary: t("分界线"), edge: t("区域边缘"), track: t("以往航迹"), guide: t("引导线") };
const STORE = "lianfang.snap";

/** The choice in #plan-snap. Returns {lines() (chosen, for the editor), renew(), follow(line, begin, end)}. */
export function createSnap(map, { zoneId, guideKinds }) {
  const snap = { map, zoneId, guideKinds, features: [], layers: [], chosen: new Set(JSON.parse(localStorage.getItem(STORE) ?? '["boundary","guide"]')),
    host: document.getElementById("plan-snap") };
  renew(snap);
  return {
    lines: () => snap.lines ?? [], renew: () => renew(snap),
    follow: async (line, begin, end) => {
      const place = ([lon, lat]) => ({ lon, lat });
      try {
        const found = await post(`/api/v1/zones/${zoneId()}/stretch`, { line: line.id, begin: place(begin), end: place(end) });
        toast(t("沿{name}走了{length}", { name: line.name, length: metres(found.length_m) }), "ok", { seconds: 3 });
        return found.geometry.coordinates;
      } catch (error) {
        reportProblem(error);
        return null;
      }
    },
  };
}

async function renew(snap) {
  const id = snap.zoneId();
  try {
    const [lines, layers] = await Promise.all([get(`/api/v1/zones/${id}/snap-lines`), get("/api/v1/guide-lines")]);
    if (id !== snap.zoneId()) return; // Another zone was chosen meanwhile.
    Object.assign(snap, { features: lines.features, layers: layers.items });
    show(snap);
  } catch (error) {
    reportProblem(error);
  }
}

function show(snap) {
  const counts = new Map();
  for (const { properties: { kind } } of snap.features) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  fill(snap.host, el("span", { class: "small muted" }, t("吸附到：")), Object.entries(KINDS).map(([kind, label]) => box(snap, kind, label, counts.get(kind) ?? 0)), guideButton(snap));
  choose(snap);
}

function box(snap, kind, label, count) {
  const input = el("input", { type: "checkbox", value: kind, checked: count > 0 && snap.chosen.has(kind), disabled: count === 0 });
  input.addEventListener("change", (event) => {
    event.stopPropagation();
    if (input.checked) snap.chosen.add(kind);
    else snap.chosen.delete(kind);
    localStorage.setItem(STORE, JSON.stringify([...snap.chosen]));
    choose(snap);
  });
  return el("label", { class: "check" }, input, el("span", {}, label, count === 0 && el("span", { class: "small muted" }, t("（无）"))));
}

function choose(snap) {
  const shown = snap.features.filter(({ properties: { kind } }) => snap.chosen.has(kind));
  snap.lines = shown.map(({ geometry, properties }) => ({ ...properties, coordinates: geometry.coordinates }));
  snap.map.addLayer("snap", { type: "FeatureCollection", features: shown.filter(({ properties: { kind } }) => kind !== "boundary") }, { role: "outline" });
  snap.map.named.get("snap").layer.eachLayer((part) => part.setStyle({ weight: 1.5, opacity: 0.7, interactive: false }));
}

function guideButton(snap) {
  const open = () => {
    const dialog = guideDialog(snap);
    document.body.append(dialog);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
  };
  return el("button", { class: "btn btn--small btn--quiet", type: "button", id: "guide-open", onclick: open }, icon("layers"), t("引导线…"));
}

function guideDialog(snap) {
  const list = el("ul", { class: "list" });
  const name = el("input", { class: "input", id: "guide-name", maxlength: 100, required: true });
  const kind = el("select", { class: "input", id: "guide-kind" }, Object.entries(snap.guideKinds).map(([value, label]) => el("option", { value }, label)));
  const file = el("input", { class: "input", type: "file", id: "guide-file", accept: ".geojson,.json", required: true });
  const rows = () => fill(list, snap.layers.length > 0 ? snap.layers.map((layer) => row(snap, layer, rows)) : el("li", {}, el("p", { class: "muted small" }, t("还没有引导线。"))));
  rows();
  const labelled = (control, label) => el("div", { class: "field field--wide" }, el("label", { class: "field__label", for: control.id }, label), control);
  const form = el("form", { class: "form", onsubmit: async (event) => {
    event.preventDefault();
    if (await bringIn(snap, name.value, kind.value, file.files[0])) {
      form.reset();
      rows();
    }
  } }, labelled(name, t("名称")), labelled(kind, t("类别")), labelled(file, t("GeoJSON文件（WGS 84，经度在前）")),
  el("button", { class: "btn btn--primary" }, icon("upload"), t("导入文件")));
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": "guide-h" }, el("div", { class: "dialog__head" }, el("h2", { id: "guide-h" }, t("本单位的引导线"))),
    el("div", { class: "dialog__body stack" }, el("p", { class: "small muted" }, t("本系统没有自带水系数据。可导入本单位的河道、道路等线（面取其边线），画路线时吸附；仅本单位可见。")), list, form),
    el("div", { class: "dialog__foot" }, el("button", { class: "btn", type: "button", onclick: () => dialog.close() }, t("关闭"))));
  return dialog;
}

function row(snap, layer, rows) {
  const remove = async () => {
    if (!(await confirmDialog({ title: t("删除引导线“{name}”？", { name: layer.name }), danger: true, confirm: t("删除") }))) return;
    try {
      snap.layers = (await del(`/api/v1/guide-lines/${layer.id}`, { version: layer.version })).items;
      rows();
      await renew(snap);
    } catch (error) {
      reportProblem(error);
    }
  };
  return el("li", { class: "list__item" }, el("span", { class: "list__main" }, el("span", { class: "list__title" }, layer.name),
    el("span", { class: "list__sub" }, [layer.kind_name, t("{n}条", { n: layer.line_count }), metres(layer.length_m), layer.added_by_name].join(" · "))),
  el("button", { class: "btn btn--icon btn--quiet", type: "button", title: t("删除"), "aria-label": t("删除引导线“{name}”", { name: layer.name }), onclick: remove }, icon("delete")));
}

async function bringIn(snap, name, kind, file) {
  try {
    const collection = JSON.parse(await file.text());
    await post("/api/v1/guide-lines", { name, kind, collection });
  } catch (error) {
    toast(error instanceof SyntaxError ? t("文件不是有效的JSON：{why}", { why: error.message }) : error.errors?.[0]?.message ?? error.message, "danger");
    return false;
  }
  toast(t("已导入。"), "ok");
  snap.chosen.add("guide");
  await renew(snap);
  return true;
}
