/** Recording a finding in three presses: open, category, keep. Text, photo and place are at hand. */
import { el, fill, icon } from "../dom.js";
import { mountFacts } from "./facts.js";
import { t } from "../i18n.js";
import { formatLonLat } from "../map.js";
import { toast } from "../toasts.js";

const MAX_PHOTOS = 8;
const TYPES = "image/jpeg,image/png,image/webp";

/**
 * The dialog. `here()` gives the newest place or null; `pick()` resolves to a place chosen on the map;
 * `save(body, photos, mark)` keeps the record; `stamp()` the moment. Returns {open()}.
 */
export function mountFinding({ categories, forms, here, pick, save, stamp }) {
  const state = { here, pick, save, stamp, at: null, photos: [], categories, forms };
  build(state);
  document.body.append(state.dialog);
  return { open: () => open(state) };
}

function build(state) {
  const tiles = Object.entries(state.categories).map(([code, name]) => el("label", { class: "tile" },
    el("input", { type: "radio", name: "category", value: code, onchange: () => state.facts.show(code) }), el("span", {}, name)));
  Object.assign(state, {
    place: el("span", { class: "mono small", id: "finding-place" }), list: el("ul", { class: "photos photos--small", id: "finding-photos" }),
    asked: el("div", { class: "facts", id: "finding-facts", hidden: true }),
    error: el("p", { class: "field__error", id: "finding-error", role: "alert" }),
    camera: el("input", { class: "visually-hidden", id: "finding-camera", type: "file", accept: TYPES, capture: "environment", multiple: true, onchange: () => addPhotos(state) }),
    gallery: el("input", { class: "visually-hidden", id: "finding-gallery", type: "file", accept: TYPES, multiple: true, onchange: () => addPhotos(state, state.gallery) }),
  });
  state.form = el("form", { class: "form", method: "dialog", novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    keep(state);
  } },
  el("div", { class: "dialog__head" }, el("h2", { id: "finding-h" }, t("记录发现")),
    el("button", { class: "btn btn--icon btn--quiet", type: "button", "aria-label": t("关闭"), onclick: () => state.dialog.close() }, icon("close"))),
  el("div", { class: "dialog__body stack" },
    el("fieldset", { class: "tiles" }, el("legend", { class: "visually-hidden" }, t("类别")), tiles),
    el("div", { class: "field-row" }, el("label", { class: "btn btn--big", for: "finding-camera" }, icon("camera"), t("拍照")), state.camera,
      el("label", { class: "btn btn--big", for: "finding-gallery" }, icon("upload"), t("相册")), state.gallery, state.list),
    state.asked,
    el("div", { class: "field" }, el("label", { class: "field__label", for: "finding-text" }, t("情况")),
      el("textarea", { class: "input", id: "finding-text", name: "text", rows: 2, maxlength: 4000, placeholder: t("看到了什么（可不填）") })),
    el("div", { class: "field-row" }, state.place,
      el("button", { class: "btn btn--small", type: "button", onclick: () => setPlace(state, state.here()) }, icon("locate"), t("我的位置")),
      el("button", { class: "btn btn--small", type: "button", id: "finding-pick", onclick: () => choose(state) }, icon("pin"), t("地图上选"))),
    state.error),
  el("div", { class: "dialog__foot" }, el("button", { class: "btn btn--primary btn--wide btn--big", id: "finding-save" }, icon("check"), t("保存"))));
  state.facts = mountFacts(state.asked, state.forms);
  state.dialog = el("dialog", { class: "dialog field__dialog", id: "finding", "aria-labelledby": "finding-h" }, state.form);
}

function open(state) {
  // What was typed and could not be kept is still there.
  if (!state.unsaved) {
    state.form.reset();
    state.facts.clear();
    state.facts.show(null);
    state.photos = [];
    fill(state.list);
    state.mark = state.stamp();
    setPlace(state, state.here());
  }
  fill(state.error);
  state.dialog.showModal();
}

function setPlace(state, place) {
  state.at = place;
  fill(state.place, place
    ? [icon("pin"), " ", formatLonLat(place.lon, place.lat), place.accuracy_m ? ` ±${Math.round(place.accuracy_m)} m` : ""]
    : t("还没有位置：请在地图上选。"));
}

async function choose(state) {
  state.dialog.close();
  const place = await state.pick();
  if (place) setPlace(state, { ...place, accuracy_m: null, picked: true });
  state.dialog.showModal();
}

function addPhotos(state, input = state.camera) {
  for (const file of input.files) {
    if (state.photos.length >= MAX_PHOTOS) {
      toast(t("一条发现最多{n}张照片。", { n: MAX_PHOTOS }), "warn");
      break;
    }
    state.photos.push(file);
    const url = URL.createObjectURL(file);
    const image = el("img", { src: url, alt: file.name });
    image.addEventListener("load", () => URL.revokeObjectURL(url));
    const row = el("li", {}, image, el("button", { class: "btn btn--icon photos__drop", type: "button", "aria-label": t("删除照片"), onclick: () => {
      state.photos.splice(state.photos.indexOf(file), 1);
      row.remove();
    } }, icon("close")));
    state.list.append(row);
  }
  input.value = "";
}

async function keep(state) {
  const category = state.form.elements.category.value;
  const facts = state.facts.values();
  const problem = !category ? t("请选择类别。") : !state.at ? t("还没有位置：请在地图上选。") : facts.problem ? t("{label}：{problem}", facts) : null;
  fill(state.error, problem);
  if (problem) return;
  const { lon, lat, accuracy_m: accuracy, picked } = state.at;
  const text = state.form.elements.text.value.trim() || state.categories[category];
  try {
    await state.save({ category, text, details: facts.values, lon, lat, accuracy_m: accuracy ?? null, placed_by: picked ? "pin" : "gps" }, state.photos, state.mark);
  } catch (error) {
    state.unsaved = true;
    fill(state.error, error.message);
    return;
  }
  state.unsaved = false;
  state.dialog.close();
  toast(t("已存在本机，有网络时自动上报。"), "ok", { seconds: 3 });
}
