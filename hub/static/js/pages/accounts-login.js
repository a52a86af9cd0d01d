/** Sign-in page of a demo: a press on a demo account fills the form. */
const form = document.getElementById("login-form");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-demo-user]");
  if (!button) return;
  form.elements.username.value = button.dataset.demoUser;
  form.elements.password.value = button.dataset.demoPassword;
  form.querySelector("button").focus();
  form.scrollIntoView({ block: "center" });
});
