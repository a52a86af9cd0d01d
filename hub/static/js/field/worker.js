// The service worker of the field app; the hub puts VERSION and SHELL in front of it. It keeps the
// shell, whole and of one version, and nothing else: no page and no answer of the API ever, so there
// is nothing of a person in its cache.
const PREFIX = "lianfang-field-";
const CACHE = PREFIX + VERSION;
const HOME = "/field/";

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell());
});

async function keepShell() {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.map((url) => new Request(url, { cache: "reload", credentials: "omit" })));
  // The first one begins at once; a newer one waits until its person says so.
  if (!self.registration.active) await self.skipWaiting();
}

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOld());
});

async function dropOld() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
  if (event.data === "which") event.ports[0]?.postMessage({ version: VERSION });
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const isShell = request.mode === "navigate" ? url.pathname === HOME : SHELL.includes(url.pathname + url.search);
  if (isShell) event.respondWith(kept(request.mode === "navigate" ? HOME : request));
});

async function kept(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request)) ?? fetch(request);
}
