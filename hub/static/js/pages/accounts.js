/** The own account: a new token is shown once, then only its name. */
import { connectForm } from "../forms.js";

const form = document.getElementById("token-form");
const box = document.getElementById("new-token");

connectForm(form, {
  body: ({ scope, ...value }) => ({ ...value, scopes: scope === "write" ? ["read", "write"] : ["read"] }),
  onSuccess: (token) => {
    document.getElementById("new-token-text").textContent = token.token;
    document.getElementById("new-token-copy").dataset.copy = token.token;
    box.hidden = false;
    form.reset();
    box.scrollIntoView({ block: "center" });
  },
});
