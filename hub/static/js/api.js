/** The hub's API: JSON in and out, CSRF, one operation key per intent, versions, problems. */
import { t } from "./i18n.js";

const SAFE = new Set(["GET", "HEAD"]);

/** What the hub refused (RFC 9457). `status` 0 means that no answer came. */
export class ApiProblem extends Error {
  constructor(problem, status) {
    super(problem.detail || problem.title || t("请求失败"));
    this.name = "ApiProblem";
    this.problem = problem;
    this.status = status;
    /** [{field, message}] */
    this.errors = Array.isArray(problem.errors) ? problem.errors : [];
  }
}

/** A key for one intent; also works without a secure context, where randomUUID is missing. */
export function operationKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/**
 * Call the API. Options: body (any JSON value, FormData, or a Blob as raw bytes), version (sent as If-Match), key
 * (Idempotency-Key, made here if absent), headers, signal, keepalive. Resolves to the parsed body (null for 204).
 * Throws ApiProblem for every refusal and for a broken line.
 */
export async function api(method, url, { body, version, key, headers = {}, signal, keepalive } = {}) {
  const sent = { Accept: "application/json", ...headers };
  if (!SAFE.has(method)) {
    sent["X-CSRFToken"] = csrfToken();
    sent["Idempotency-Key"] = key ?? operationKey();
  }
  if (version !== undefined && version !== null) sent["If-Match"] = `"${version}"`;
  const isRaw = body instanceof FormData || body instanceof Blob;
  if (body !== undefined && !isRaw) sent["Content-Type"] = "application/json";
  if (body instanceof Blob) sent["Content-Type"] = "application/octet-stream";
  let answer;
  try {
    answer = await fetch(url, {
      method, headers: sent, signal, keepalive, credentials: "same-origin",
      body: body === undefined ? undefined : isRaw ? body : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiProblem({ title: t("连接中断"), detail: t("没有连上服务器，未作任何更改。") }, 0);
  }
  return parse(answer);
}

/**
 * Send a form with a large file, telling how much of it is on the other side: onProgress(share from 0 to 1).
 * Answers and refusals as `api`.
 */
export function upload(url, form, { key, onProgress }) {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", url);
    sending.setRequestHeader("Accept", "application/json");
    sending.setRequestHeader("X-CSRFToken", csrfToken());
    sending.setRequestHeader("Idempotency-Key", key ?? operationKey());
    sending.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 1);
    sending.onerror = () => reject(new ApiProblem({ title: t("连接中断"), detail: t("没有连上服务器，未作任何更改。") }, 0));
    sending.onload = () => {
      const type = sending.getResponseHeader("Content-Type") ?? "";
      parse(new Response(sending.response || null, { status: sending.status, headers: { "Content-Type": type } })).then(resolve, reject);
    };
    sending.send(form);
  });
}

async function parse(answer) {
  const isJson = /[/+]json/.test(answer.headers.get("Content-Type") ?? "");
  if (answer.ok) return answer.status === 204 || !isJson ? null : answer.json();
  const problem = isJson ? await answer.json() : { title: t("请求失败"), detail: `HTTP ${answer.status}` };
  throw new ApiProblem(problem, answer.status);
}

export const get = (url, options) => api("GET", url, options);
export const post = (url, body, options) => api("POST", url, { body, ...options });
export const put = (url, body, options) => api("PUT", url, { body, ...options });
export const patch = (url, body, options) => api("PATCH", url, { body, ...options });
export const del = (url, options) => api("DELETE", url, options);

/** Every item of a paged list, page by page: for await (const item of pages(url)). */
export async function* pages(url) {
  let next = null;
  do {
    const page = new URL(url, location.href);
    if (next) page.searchParams.set("cursor", next);
    const answer = await get(page);
    yield* answer.items;
    next = answer.next;
  } while (next);
}
