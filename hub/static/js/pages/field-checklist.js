/** The checklist of the patrol: ticked on the phone, seen ticked by both parties. */
import { t } from "../i18n.js";

/**
 * Wire the button and the dialog of the page. `tick(index, done)` keeps a tick for the hub. Returns
 * update(items) for what others ticked.
 */
export function mountChecklist(button, dialog, tick) {
  const boxes = [...dialog.querySelectorAll("input[data-index]")];
  const count = () => {
    const done = boxes.filter((box) => box.checked).length;
    button.querySelector("[data-count]").textContent = `${done}/${boxes.length}`;
    button.setAttribute("aria-label", t("检查事项：已查{done}项，共{all}项", { done, all: boxes.length }));
  };
  button.addEventListener("click", () => dialog.showModal());
  for (const box of boxes) {
    box.addEventListener("change", () => {
      count();
      tick(Number(box.dataset.index), box.checked);
    });
  }
  count();
  return (items) => {
    items.forEach((item, index) => { if (boxes[index]) boxes[index].checked = item.done; });
    count();
  };
}
