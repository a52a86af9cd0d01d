/** One request: answers go as a list, a file goes at once, printing is the browser's. */
import { post } from "../api.js";
import { pageData } from "../dom.js";
import { connectForm, reportProblem } from "../forms.js";

const { id } = pageData();

/** The forms with a text per question send these as one list. */
function connectAnswers(root) {
  for (const form of root.querySelectorAll("form[data-answers]")) {
    if (form.dataset.wired) continue;
    form.dataset.wired = "1";
    connectForm(form, {
      body: (value) => ({ ...value, answers: [...form.querySelectorAll("[data-answer]")].map((box) => box.value) }),
    });
  }
}

document.addEventListener("submit", async (event) => {
  if (event.target.id !== "attach") return;
  event.preventDefault();
  const form = new FormData(event.target);
  if (!form.get("item")) form.delete("item");
  try {
    await post(`/api/v1/requests/${id}/files`, form);
    location.reload();
  } catch (error) {
    reportProblem(error);
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
document.addEventListener("live:renewed", ({ target }) => connectAnswers(target));
connectAnswers(document);
