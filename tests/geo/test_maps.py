from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import folium
import geopandas
import pytest
import shapely

from geo.errors import GeoError
from geo.maps import MapLayer, briefing_map
from geo.page_markup import localise

BOUNDS = (120.0, 30.0, 121.0, 31.0)
AREA = shapely.box(*BOUNDS)
EVIL = "吴兴</script><script>alert(1)</script>${alert(2)}`'\"<!--\u2028"


def _page(*layers: MapLayer, title: str = "联合巡查", **more: Any) -> str:
    return briefing_map(
        layers,
        asset_url=lambda path: f"/assets/{path}?v=1",
        nonce="n0nce",
        title=title,
        bounds=BOUNDS,
        **more,
    )


class _Seen(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.inside = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = dict(attrs).get("id") or tag

    def handle_data(self, data: str) -> None:
        self.texts[self.inside] = self.texts.get(self.inside, "") + data


def test_every_script_and_style_is_local_and_carries_the_nonce() -> None:
    seen = _Seen(_page(MapLayer("zone", [("z1", AREA)])))
    scripts = [attrs for tag, attrs in seen.tags if tag in ("script", "style")]
    assert scripts
    assert all(attrs["nonce"] == "n0nce" for attrs in scripts)
    urls = {attrs.get("src") or attrs.get("href") for _, attrs in seen.tags} - {None}
    assert urls == {
        "/assets/leaflet/dist/leaflet.js?v=1",
        "/assets/leaflet/dist/leaflet.css?v=1",
        "/static/js/briefing.js",
    }
    assert not any("style" in attrs for _, attrs in seen.tags)


def test_no_address_of_the_outside_world_is_left() -> None:
    page = _page(MapLayer("zone", [("z1", AREA)]))
    assert "http" not in page.replace("http-equiv", "")
    assert "//" not in page


def test_text_of_people_reaches_the_page_as_data_only() -> None:
    page = _page(MapLayer(EVIL, [("z1", AREA)], labels={"z1": EVIL}), title=EVIL)
    seen = _Seen(page)
    data = json.loads(seen.texts["briefing-data"])
    assert data["title"] == data["layers"][0]["name"] == data["layers"][0]["labels"]["z1"] == EVIL
    assert "alert" not in seen.texts["script"]
    assert page.count("<script") == len([tag for tag, _ in seen.tags if tag == "script"]) == 5
    assert EVIL in seen.texts["title"]


def test_the_data_names_the_global_variables_of_map_and_layers() -> None:
    page = _page(MapLayer("a", [("z1", AREA)]), MapLayer("b", [("p", AREA.centroid)]))
    data = json.loads(_Seen(page).texts["briefing-data"])
    assert [layer["variable"] for layer in data["layers"]] == ["geo_json_layer0", "geo_json_layer1"]
    for name in (data["map"], "geo_json_layer0", "geo_json_layer1"):
        assert re.search(rf"var {name} = L\.", page)


def test_frames_give_their_index_as_ids_and_no_column() -> None:
    frame = geopandas.GeoDataFrame({"note": ["secret"]}, geometry=[AREA], index=["z9"], crs=4326)
    page = _page(MapLayer("a", frame, {"color": "#c00", "weight": 2, "fill": True}))
    assert '"id": "z9"' in page
    assert "secret" not in page
    assert '"color": "#c00"' in page


def test_the_same_layers_give_the_same_page_in_its_language() -> None:
    layer = MapLayer("a", [("z1", AREA)])
    assert _page(layer) == _page(layer)
    assert '<html lang="zh-CN">' in _page(layer)
    assert '<html lang="en">' in _page(layer, lang="en")
    assert "user-scalable" not in _page(layer)


@pytest.mark.parametrize("key", ["", "a b", "a'", "${x}", "x" * 101, "中"])
def test_ids_that_could_be_script_are_refused(key: str) -> None:
    with pytest.raises(GeoError) as caught:
        _page(MapLayer("a", [(key, AREA)]))
    assert caught.value.code == "bad_feature_id"


@pytest.mark.parametrize(
    "style", [{"color": "red;}"}, {"color": "`${x}`"}, {"onclick": "x"}, {"weight": None}]
)
def test_styles_that_could_be_script_are_refused(style: dict[str, Any]) -> None:
    with pytest.raises(GeoError) as caught:
        _page(MapLayer("a", [("z", AREA)], style))
    assert caught.value.code == "bad_style"


def test_a_layer_without_features_is_refused() -> None:
    with pytest.raises(GeoError) as caught:
        _page(MapLayer("a", []))
    assert caught.value.code == "empty"


@pytest.mark.parametrize(
    ("markup", "code"),
    [
        ('<script src="https://cdn.example/x.js"></script>', "unknown_asset"),
        ('<link href="//cdn.example/x.css">', "unknown_asset"),
        ("<img src>", "unknown_asset"),
        ("<style>@font-face{src:url(//cdn.example/x)}</style>", "unknown_asset"),
        ("<style>@import 'x';</style>", "unknown_asset"),
        ("<script>fetch('https://x.example')</script>", "unknown_asset"),
        ('<p style="color:red">', "unsafe_markup"),
        ('<p onclick="x()">', "unsafe_markup"),
    ],
)
def test_pages_that_the_policy_would_break_are_refused(markup: str, code: str) -> None:
    with pytest.raises(GeoError) as caught:
        localise(markup, str, "n", "en")
    assert caught.value.code == code


def test_a_whole_folium_map_with_tiles_is_refused() -> None:
    with pytest.raises(GeoError):
        localise(folium.Map().get_root().render(), str, "n", "en")


def test_text_and_entities_are_copied_as_they_are() -> None:
    markup = '<!DOCTYPE html><p hidden title="a &amp; b">&lt;x&#62; &copy;</p><br/>'
    assert localise(markup, str, "n", "en") == markup.replace("<br/>", "<br>")
