/**
 * What a map shows stands in the address (#zoom/lat/lon, as other maps on the web write it): a reload,
 * the way back and a link sent to a colleague show the same place.
 */
const WRITTEN = /^#(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/;

/** Show what the address asks for, otherwise `start` (see createMap().fit), and keep the address true. */
export function keepInAddress(handle, start) {
  if (!showAddressed(handle.map) && start) handle.fit(start);
  addEventListener("hashchange", () => showAddressed(handle.map));
  handle.map.on("moveend", () => history.replaceState(history.state, "", written(handle.map)));
}

function showAddressed(map) {
  const match = WRITTEN.exec(location.hash);
  if (!match) return false;
  const [zoom, lat, lon] = match.slice(1).map(Number);
  if (Math.abs(lat) > 90 || Math.abs(lon) > 180) return false;
  map.setView([lat, lon], zoom, { animate: false });
  return true;
}

function written(map) {
  const { lat, lng } = map.getCenter();
  return `#${map.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}`;
}
