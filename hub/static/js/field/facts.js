/** What a category asks for, as fields of the form; the kit brings the table, so it works without a network. */
import { el, fill } from "../dom.js";
import { t } from "../i18n.js";

const MOST_LETTERS = 120;

/** The fields in `host`. `forms`: code -> fields of the kit; `given`: facts that are there already. Returns {show(category), values(), clear()}. */
export function mountFacts(host, forms, given = {}) {
  const kept = new Map(Object.entries(given)); // what was typed stays while another category is looked at
  let shown = [];
  const keepTyped = () => { for (const { spec, input } of shown) kept.set(spec.name, input.value); };
  return {
    show(category) {
      keepTyped();
      shown = (forms[category] ?? []).map((spec) => ({ spec, input: control(spec) }));
      for (const { spec, input } of shown) input.value = kept.get(spec.name) ?? "";
      fill(host, shown.map(({ spec, input }) => el("div", { class: "field", "data-field": `details.${spec.name}` },
        el("label", { class: "field__label", for: input.id }, spec.unit ? t("{label}（{unit}）", { label: spec.label, unit: spec.unit }) : spec.label), input, el("span", { class: "field__error" }))));
      host.hidden = shown.length === 0;
    },
    /** {values} or, of the first that cannot be, {problem, name, label}: words for the reader, and of which field. */
    values() {
      const values = {};
      for (const { spec, input } of shown) {
        const problem = fault(spec, input);
        if (problem) {
          input.focus();
          return { problem, name: spec.name, label: spec.label };
        }
        const text = input.value.trim();
        if (text) values[spec.name] = spec.kind === "number" ? Number(text) : text;
      }
      return { values };
    },
    clear() {
      for (const { input } of shown) input.value = "";
      kept.clear();
    },
  };
}

function control(spec) {
  const about = { class: "input", id: `fact-${spec.name}`, name: `fact-${spec.name}` };
  if (spec.kind === "choice") {
    return el("select", about, el("option", { value: "" }, t("未记")),
      Object.entries(spec.choices).map(([code, words]) => el("option", { value: code }, words)));
  }
  if (spec.kind === "number") return el("input", { ...about, type: "number", inputmode: "decimal", step: "any", min: spec.least, max: spec.most });
  return el("input", { ...about, type: "text", maxlength: MOST_LETTERS, placeholder: spec.hint, autocapitalize: spec.pattern ? "characters" : "off" });
}

/** Why the value is none of its field, by the same table as on the hub; null if it is. */
function fault(spec, input) {
  const text = input.value.trim();
  if (spec.kind === "number") {
    const number = Number(text);
    const bad = input.validity.badInput || (text !== "" && !(number >= spec.least && number <= spec.most));
    return bad ? t("请填写{least}到{most}之间的数。", { least: spec.least, most: spec.most }) : null;
  }
  if (!text || !spec.pattern || new RegExp(`^(?:${spec.pattern})$`).test(text)) return null;
  return t("格式不对，例如{example}。", { example: spec.hint });
}
