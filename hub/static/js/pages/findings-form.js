/** A finding at a desk: its category's facts, its place on the map, photos after it was kept. */
import { ApiProblem, get, post } from "../api.js";
import { el, pageData } from "../dom.js";
import { mountFacts } from "../field/facts.js";
import { connectForm, reportProblem, showProblem } from "../forms.js";
import { t } from "../i18n.js";
import { mountPlacePicker, verdictNotice } from "../place-picker.js";

function told(answer) {
  const whose = answer.jurisdiction?.name ?? t("未知辖区");
  if (!answer.certain) return verdictNotice("warn", t("距界线太近，无法断定属哪一方。"));
  if (document.body.dataset.bureau === answer.jurisdiction?.bureau?.id) return verdictNotice("ok", t("属本单位辖区：{name}", { name: whose }));
  return verdictNotice("warn", t("属{name}，保存后转交对方处理。", { name: whose }));
}

const isEmpty = (control) => control.required && control.value.trim() === "";
const asked = ({ name }) => (["lon", "lat"].includes(name) ? t("请在地图上点选地点。") : t("请填写此项。"));

/** The facts of the chosen category; what is missing or cannot be is said at its field before anything is sent. */
function connectFacts(form, { forms, details }) {
  const facts = mountFacts(document.getElementById("facts"), forms, details);
  const { category } = form.elements;
  const show = () => {
    facts.show(category.value);
    document.getElementById("facts-box").hidden = !(forms[category.value]?.length > 0);
  };
  category.addEventListener("change", show);
  show();
  form.addEventListener("submit", (event) => {
    const errors = [...form.elements].filter(isEmpty).map((control) => ({ field: control.name, message: asked(control) }));
    const { problem, name } = facts.values();
    if (problem) errors.push({ field: `details.${name}`, message: problem });
    if (errors.length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    showProblem(form, new ApiProblem({ detail: t("请检查标出的各项。"), errors }, 422));
  });
  return facts;
}

/** Photos go after the finding was kept, each once; pressing again sends what is left of them. */
function sender(form) {
  const input = document.getElementById("photos");
  const sent = new Set();
  let made = null;
  const send = async () => {
    for (const file of [...input.files].filter((one) => !sent.has(one))) {
      const body = new FormData();
      body.append("file", file);
      await post(`/api/v1/findings/${made.id}/files`, body);
      sent.add(file);
    }
    location.assign(`/findings/${made.id}`);
  };
  const trying = () => send().catch((problem) => {
    if (!(problem instanceof ApiProblem)) throw problem;
    const field = input.closest("[data-field]");
    showProblem(form, new ApiProblem({ detail: t("发现已登记为{number}，照片没有传完；再按一次只补传照片。", { number: made.number }), errors: [{ field: "file", message: problem.message }] }, problem.status));
    field.querySelector(".field__error").append(" ", el("a", { href: `/findings/${made.id}` }, t("打开发现")));
  });
  form.addEventListener("submit", (event) => {
    if (!made) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    trying();
  });
  return (record) => {
    made = record;
    return trying();
  };
}

const form = document.getElementById("finding-form");
if (form) {
  form.dataset.api = form.dataset.send; // this module sends the form, not the kit
  const data = pageData();
  const keep = form.elements.patrol ? sender(form) : undefined;
  const facts = connectFacts(form, data);
  connectForm(form, {
    onSuccess: keep,
    body: (value) => {
      const { patrol: _patrol, ...body } = Object.fromEntries(Object.entries(value).filter(([name]) => !name.startsWith("fact-")));
      if (keep) body.placed_by = "pin";
      return { ...body, text: body.text ?? "", details: facts.values().values };
    },
  });
  form.noValidate = true; // the hub's answer stands at each field, in the reader's language
  form.elements.patrol?.addEventListener("change", ({ target }) => { form.dataset.api = `POST /api/v1/patrols/${target.value}/findings`; });
  const map = mountPlacePicker(form, { ...data, symbol: "flag", label: t("选择地点"), title: t("发现地点"), told });
  (async () => {
    for (const layer of data.layers) map.addLayer(layer.name, await get(layer.url), { role: layer.role });
  })().catch(reportProblem);
}
