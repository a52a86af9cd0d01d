/** The form of a draft: rows of questions and documents that grow, sent as lists. */
import { el } from "../dom.js";
import { connectForm } from "../forms.js";

const form = document.getElementById("request-form");
const LISTS = ["questions", "wanted"];

function rowsOf(name) {
  return [...form.querySelectorAll(`[data-row="${name}"]`)];
}

function addRow(name) {
  const list = document.getElementById(`rows-${name}`);
  const input = el("input", { class: "input", "data-row": name, maxlength: 500, "aria-label": list.dataset.label });
  list.append(el("li", {}, input));
  input.focus();
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row]");
  if (button) addRow(button.dataset.addRow);
});
form.addEventListener("keydown", (event) => {
  const name = event.target.dataset?.row;
  if (event.key !== "Enter" || !name) return;
  event.preventDefault(); // Enter asks for the next row, not for sending.
  addRow(name);
});
connectForm(form, {
  body: (value) => {
    for (const name of LISTS) {
      const rows = rowsOf(name);
      if (rows.length) value[name] = rows.map((row) => row.value.trim()).filter(Boolean);
    }
    if (value.absent) value.absent = Object.fromEntries(Object.entries(value.absent).filter(([, text]) => text));
    // An empty moment means: leave it as it is.
    for (const name of ["due_at", "opinion_at"]) if (!value[name]) delete value[name];
    return value;
  },
});
