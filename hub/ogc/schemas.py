"""The query of a page of features, as the API's description tells it.

Everything is text here: `hub.ogc.window` reads it and answers 400, as the standard asks.
"""

from __future__ import annotations

from pydantic import BaseModel, Field


class ItemsQuery(BaseModel):
    """Which features."""

    bbox: str | None = Field(None, description="minimum x, y, maximum x, y in bbox-crs")
    bbox_crs: str | None = Field(None, alias="bbox-crs", description="URI; CRS84 if absent")
    crs: str | None = Field(None, description="URI of the system to answer in; CRS84 if absent")
    cursor: str | None = Field(None, description="from the link `next`")
    datetime: str | None = Field(None, description="a moment, or start/end with .. for open")
    f: str | None = Field(None, description="json, the only format")
    limit: str | None = Field(None, description="1 to 1000 features")
