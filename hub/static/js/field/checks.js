/** The checklist: a point is checked in at where one stands; ticked on the phone, seen ticked by both parties. */
import { el, fill, icon } from "../dom.js";
import { t } from "../i18n.js";

/**
 * The dialog and its button. `items()` gives [{text, done}]; `checkIn(index)` and `untick(index)` keep
 * it; `note(text)` keeps a check-in at a place that is on no list; `points` are the waypoints (waypoints.js),
 * shown first. Returns {button, show()}.
 */
export function mountChecks({ items, checkIn, untick, note, points }) {
  const list = el("div", { class: "stack" });
  const words = el("input", { class: "input", id: "check-note", maxlength: 500, placeholder: t("到了哪里（可不填）") });
  const dialog = el("dialog", { class: "dialog field__dialog", id: "checklist", "aria-labelledby": "checklist-h" },
    el("div", { class: "dialog__head" }, el("h2", { id: "checklist-h" }, t("签到与检查事项"))),
    el("div", { class: "dialog__body stack" }, points.node, list,
      el("div", { class: "field" }, el("label", { class: "field__label", for: "check-note" }, t("在此处签到")),
        el("div", { class: "field-row" }, words, el("button", { class: "btn btn--big", type: "button", id: "check-here", onclick: async () => {
          if (await note(words.value.trim())) {
            words.value = "";
            dialog.close();
          }
        } }, icon("pin"), t("签到"))))),
    el("div", { class: "dialog__foot" }, el("button", { class: "btn btn--primary btn--wide btn--big", type: "button", onclick: () => dialog.close() }, t("完成"))));
  document.body.append(dialog);
  const count = el("span", { "data-count": "" });
  const button = el("button", { class: "btn btn--big", type: "button", id: "checks", onclick: () => { points.show(); dialog.showModal(); } }, icon("checks"), count);
  const show = () => {
    const all = items();
    const done = all.filter((item) => item.done).length;
    points.show();
    const stops = points.all();
    const total = all.length + stops;
    fill(count, total > 0 ? `${done + stops - points.left()}/${total}` : t("签到"));
    const words = [stops > 0 && t("途经点：已到{done}处，共{all}处", { done: stops - points.left(), all: stops }), t("检查事项：已查{done}项，共{all}项", { done, all: all.length })];
    button.setAttribute("aria-label", words.filter(Boolean).join("；"));
    fill(list, all.map((item, index) => el("label", { class: "check field__check" },
      el("input", { type: "checkbox", "data-index": index, checked: item.done, onchange: (event) => (event.currentTarget.checked ? checkIn(index) : untick(index)) }),
      el("span", {}, item.text))));
  };
  show();
  return { button, show };
}
