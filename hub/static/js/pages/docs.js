/** The API's description, browsable; requests carry the page's CSRF proof, as our own pages do. */
import { t } from "../i18n.js";

const token = document.querySelector('meta[name="csrf-token"]').content;

globalThis.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  // The viewer's list of servers has no name for screen readers.
  onComplete: () => document.getElementById("servers")?.setAttribute("aria-label", t("服务器")),
  requestInterceptor: (request) => {
    if (new URL(request.url, location.href).origin === location.origin) request.headers["X-CSRFToken"] = token;
    return request;
  },
});
