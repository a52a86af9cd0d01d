/** One meeting or action item: moving points, sending files at once, people that follow the bureau. */
import { post, put } from "../api.js";
import { el, fill, pageData } from "../dom.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";

const { people = {} } = pageData();

async function tryTo(act) {
  try {
    await act();
    location.reload();
  } catch (error) {
    reportProblem(error);
  }
}

function move(button) {
  const item = button.closest("[data-item]");
  const list = item.parentElement;
  const ids = [...list.querySelectorAll("[data-item]")].map((one) => one.dataset.item);
  const from = ids.indexOf(item.dataset.item);
  const to = from + Number(button.dataset.move);
  [ids[from], ids[to]] = [ids[to], ids[from]];
  return tryTo(() => put(list.dataset.order, { ids }));
}

document.addEventListener("click", (event) => {
  const mover = event.target.closest("[data-move]");
  if (mover) move(mover);
});

/** An action item laid on somebody: of a decision it begins with its words, and is tied to it. */
function layOn({ layOn: decision, text = "" }) {
  const dialog = document.getElementById("action-new");
  const { decision_id: tied, title, detail } = dialog.querySelector("form").elements;
  if (tied.value !== decision || !title.value) {
    tied.value = decision;
    const [line] = text.split("\n", 1);
    title.value = line.slice(0, 200).replace(/[。.]$/, ""); // a title is no sentence
    detail.value = line === text && line.length <= 200 ? "" : text;
  }
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-lay-on]");
  if (button) layOn(button.dataset);
});

document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.dataset.upload && target.files.length > 0) {
    const form = new FormData();
    form.append("file", target.files[0]);
    tryTo(() => post(target.dataset.upload, form));
  }
  if (target.name === "bureau_id") {
    const choice = target.form?.elements.person_id;
    if (!choice) return;
    fill(choice, el("option", { value: "" }, t("不指定")),
      (people[target.value] ?? []).map(([id, name]) => el("option", { value: id }, name)));
  }
});
