"""The one error of this package: a code, its parameters, and a sentence in English.

Callers translate by ``code``; nothing here is translated.
"""

from __future__ import annotations

CODES: dict[str, str] = {
    # documents and positions (geo.limits)
    "too_large": "The geometry document has {size} bytes; at most {limit} are read.",
    "too_deep": "The geometry document is nested {depth} levels deep; at most {limit} are read.",
    "too_many_vertices": "The geometry has {count} vertices or more; at most {limit} are read.",
    "too_many_rings": "The geometry has {count} rings; at most {limit} are read.",
    "not_json": "The geometry document is not valid JSON: {reason}.",
    "not_geojson": "This is not a GeoJSON geometry or Feature: {reason}.",
    "type_not_allowed": "A geometry of type {type} is not accepted here; expected {expected}.",
    "crs_member": "Only WGS 84 longitude/latitude is read; the document names {crs}.",
    "not_finite": "A number is missing, NaN or infinite at {place}.",
    "has_height": "Positions must have two numbers, longitude and latitude; found {count}.",
    "out_of_range": "Longitude {lon} / latitude {lat} is not a place on Earth.",
    "swapped": "Longitude {lon}, latitude {lat}: did you swap longitude and latitude?",
    "antimeridian": "The geometry crosses the 180th meridian near latitude {lat}.",
    "outside_area": "The place {lon}, {lat} lies outside the area of interest.",
    "empty": "The geometry is empty.",
    "too_short": "A {what} needs at least {needed} different positions.",
    "ring_open": "A polygon ring does not end where it starts, at {lon}, {lat}.",
    "invalid": "The geometry is invalid: {reason} at {lon}, {lat}.",
    "bad_accuracy": "The accuracy {accuracy_m} must be a number of metres from 0 to {limit}.",
    "line_too_long": "The line has {count} vertices; at most {limit} are used here.",
    # boundaries
    "boundary_file": "The boundary file cannot be read: {reason}.",
    "boundary_effort": "Reading the boundary file takes more than {seconds} s or {megabytes} MB.",
    "unknown_adcode": "There is no jurisdiction {adcode} in this boundary set.",
    "duplicate_adcode": "The jurisdiction {adcode} occurs more than once.",
    "bad_adcode": "{adcode} is not a GB/T 2260 code of six digits.",
    "no_shared_line": "{a} and {b} share no boundary line.",
    "crs_missing": "The boundary file does not name its coordinate reference system.",
    "bad_crs": "The coordinate reference system {crs} is not understood.",
    "field_missing": "The boundary file has no usable {what} field; it has: {fields}.",
    "driver_refused": "{driver} is not one of the accepted boundary file formats.",
    "check_failed": "The boundary set has {count} topological problems; the first: {first}",
    "package_missing": "The data package {package} is not installed.",
    # zones
    "bad_width": "The width {width_m} must be more than 0 and at most {limit} metres.",
    "bad_stretch": "The stretch {from_m} to {to_m} m does not lie on a line of {length_m} m.",
    "zero_length": "The line has no length.",
    "not_simple": "The line crosses or touches itself near {lon}, {lat}.",
    "line_not_shared": "The line lies up to {distance_m} m off the boundary of side {side}.",
    "sides_overlap": "The two sides overlap by {area_m2} square metres along this line.",
    # tracks, coverage, maps
    "bad_distance": "{name} must be a number of metres from {least} to {limit}; got {value}.",
    "track_format": "Only GPX, KML and GeoJSON tracks are read; the file starts with {start}.",
    "track_xml": "The file is broken at line {line}: {reason}.",
    "track_json": "The file is broken at line {line}: {reason}.",
    "track_value": "At {at}: {value} is no {what}.",
    "track_no_time": "At {at} the time is missing; a track without times proves nothing.",
    "track_counts": "At {at} there are {times} times for {places} places.",
    "track_empty": "The file holds no track.",
    "too_many_fixes": "The file holds more than {limit} fixes.",
    "unknown_asset": "The map page refers to {url}, which is not served locally.",
    "unsafe_markup": "The map page would contain {what}.",
    "bad_feature_id": "{id} cannot be the id of a feature on a map.",
    "bad_style": "The style {key}={value} is not accepted on a map.",
}


class GeoError(Exception):
    """A geometric question that cannot be answered, with the code and parameters of the reason."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params: dict[str, object] = params
        super().__init__(CODES[code].format(**params))
