"""Which pages show what was planted, who may open each, and what is looked for in one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from playwright.sync_api import Page

from tests.hostile.payloads import ELEMENTS, PRODUCT
from tests.oracle.calling import Route, routes
from tests.oracle.routes import class_of
from tests.support.browser import Person
from tests.support.world import World

# Pages that show nothing of what people type, or are tried in their own way.
WITHOUT = frozenset({
    "openapi_json", "api_docs", "static", "assets.asset_file", "i18n.catalogue", "files.show",
    "health.alive", "health.ready", "health.metrics", "calendar_feeds.calendar",
    "field_app.app", "field_app.worker", "field_app.manifest", "accounts.second_factor_qr",
    "accounts.login", "accounts.second_factor", "accounts.new_password",
})  # fmt: skip
# Tabs and states of pages beside their first sight.
MORE = (
    "/search?q=boo", "/meetings?all=1", "/agreements/new", "/cases/new",
    *(f"/meetings/{{meeting_id}}?tab={tab}" for tab in ("agenda", "minutes", "people", "items")),
)  # fmt: skip
# Pages that scripts fill or change: opened, not only read. By the words after the first stroke.
OPENED = frozenset({
    "/", "/map", "/search?q=boo", "/notifications", "/schedule", "/locate", "/matches", "/cases",
    "/cases/{case_id}", "/findings", "/findings/{finding_id}", "/patrols/{patrol_id}",
    "/patrols/{patrol_id}/plan", "/patrols/{patrol_id}/briefing", "/zones/{zone_id}",
    "/zones/{zone_id}/briefing", "/zones/{zone_id}/effort", "/petitions/{petition_id}",
    "/requests/{request_id}", "/requests/{request_id}/edit", "/stations", "/stations/{station_id}",
    "/agreements/{agreement_id}/edit", "/agreements/{agreement_id}/compare",
    "/meetings/{meeting_id}", "/meetings/{meeting_id}/room",
    "/inspections/{inspection_id}", "/packages/{package_id}",
    "/received/{received_id}", "/patrols/new", "/schedule/series", "/audit", "/people",
})  # fmt: skip

MOST_SCRIPT = frozenset({
    "/map", "/search?q=boo", "/notifications", "/schedule", "/cases/{case_id}",
    "/patrols/{patrol_id}", "/patrols/{patrol_id}/plan", "/patrols/{patrol_id}/briefing",
    "/zones/{zone_id}/briefing", "/agreements/{agreement_id}/edit", "/meetings/{meeting_id}/room",
})  # fmt: skip

# Before any script of a page: what would prove that a text came to run is heard of.
WATCH = """
    window.heard = [];
    window.boo = (...words) => { window.heard.push("ran: " + words.join()); };
    for (const name of ["alert", "confirm", "prompt"]) window[name] = () => { window.boo(name); };
    document.addEventListener("securitypolicyviolation", (event) => {
        window.heard.push(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
"""
# What a document may not hold, wherever in it.
SCAN = """
    function scan(document, [elements, product]) {
        const found = [], scheme = /^(javascript|vbscript|data:text)/i;
        const addresses = ["href", "src", "action", "formaction", "data", "background",
            "xlink:href"];
        const own = (node) => node.nonce || node.getAttribute("nonce");
        const leads = (value) => scheme.test(value.replace(/[\\t\\n ]/g, ""))
            || /^(https?:)?..boo/.test(value);
        const runs = (name, value) => name.startsWith("on") || name === "srcdoc"
            || (name === "style" && value.includes("boo"));
        for (const node of document.querySelectorAll("*")) {
            const loose = (node.matches("script:not([src]), style") && !own(node))
                || node.localName === "template";
            const never = `${elements}, meta[http-equiv]:not([http-equiv=content-type]), base,
                object, embed, math, noscript`;
            if (node.matches(never) || (loose && node.outerHTML.includes("boo"))) {
                found.push("element: " + node.outerHTML.slice(0, 200));
            }
            for (const { name, value } of node.attributes) {
                if (addresses.includes(name) ? leads(value) : runs(name, value)) {
                    found.push(`${node.localName} ${name}=${value}`);
                }
            }
        }
        if (document.documentElement.textContent.includes(product)) found.push("the sum was done");
        return found;
    }
"""
READ = f"""([pages, signs]) => {{ {SCAN}
    const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
    const named = (path) => (one) => `${{path}}: ${{one}}`;
    return pages.flatMap(([path, html]) => scan(parsed(html), signs).map(named(path)));
}}"""
# What was folded is unfolded, what lies on a map asked.
LOOK = (
    "async (signs) => {"
    + SCAN
    + """
    for (const node of document.querySelectorAll("details")) node.open = true;
    for (const node of document.querySelectorAll(".leaflet-marker-icon, .leaflet-interactive")) {
        for (const kind of ["mouseover", "click"]) {
            node.dispatchEvent(new MouseEvent(kind, { bubbles: true }));
        }
    }
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const changed = {}.boo !== undefined ? ["the prototype was changed"] : [];
    return [...scan(document, signs), ...changed, ...window.heard.splice(0)];
}"""
)
SIGNS = [ELEMENTS, PRODUCT]


def addresses(
    world: World, ids: Mapping[str, str], *, details: bool = False
) -> Iterator[tuple[Route, str]]:
    """Every page of the hub for these records, rule and path; a new page is among them.

    Args:
        details: those of single records alone.
    """
    for route in routes(world):
        api = route.rule.startswith(("/api", "/ogc"))
        wanted = route.method == "GET" and not api and route.endpoint not in WITHOUT
        if wanted and route.arguments <= ids.keys() and (route.arguments or not details):
            yield route, route.path(ids)
    for form in MORE:
        asks = frozenset(re.findall(r"{(\w+)}", form))
        if asks <= ids.keys() and (asks or not details):
            rule = form.replace("{", "<").replace("}", ">")
            yield Route("", "GET", rule, asks), form.format_map(ids)


def rule_of(route: Route) -> str:
    """A rule as `OPENED` writes it."""
    return route.rule.replace("<", "{").replace(">", "}")


WORKERS = ("official", "officer1", "planner", "liaison", "mediator")
OTHERS = {
    "sysadmin": ("sysadmin",), "secadmin": ("secadmin",), "auditor": ("auditor",),
    "accounts": ("secadmin",), "confirmed": ("secadmin",),
}  # fmt: skip


def people(world: World, bureau: str, route: Route) -> list[str]:
    """Who of a bureau may be let in at an address, whoever most likely is first."""
    roles = OTHERS.get(class_of(route), WORKERS)
    return [f"{bureau}-{role}" for role in roles if f"{bureau}-{role}" in world.passes]


def first_reader(world: World, route: Route, path: str, bureau: str) -> tuple[str, str] | None:
    """The first of a bureau's people who may open a page, and the page."""
    for who in people(world, bureau, route):
        answer = world.as_(who).page(path)
        if answer.status == 200:
            return who, answer.body
    return None


def read(person: Person, pages: Sequence[tuple[str, str]]) -> list[str]:
    """What stands in pages that should not, by the browser's own reading; nothing of them runs."""
    return list(person.page.evaluate(READ, [[list(page) for page in pages], SIGNS]))


def harm(page: Page) -> list[str]:
    """What went wrong in the page that is open: what ran, what stands in it, what was stopped."""
    return list(page.evaluate(LOOK, SIGNS))


def visit(person: Person, path: str) -> list[str]:
    """Open a page, wait for its scripts, and tell what harm was done."""
    answer = person.page.goto(person.url + path)
    if answer is None or answer.status != 200:
        return [f"{path}: {answer and answer.status}"]
    if person.page.query_selector("script[src*='/static/js/app.js']"):
        person.page.wait_for_selector("body[data-ready]")
    return [f"{path}: {one}" for one in harm(person.page)]
