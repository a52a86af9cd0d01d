/** The calendar's import: a chosen file fills the text, which the person still sees before sending. */
const file = document.getElementById("plan-file");

file?.addEventListener("change", async () => {
  const [chosen] = file.files;
  if (chosen) file.form.elements.csv.value = await chosen.text();
});
