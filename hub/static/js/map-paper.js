/** A map on paper as on the screen: what is drawn fills the sheet as a whole, nothing is cut off. */
const PAPER_PX = 688; // what an upright sheet of A4 has between its margins
const HIGHEST_PX = 560; // a small one grows no higher than this: about half a sheet
const INSETS = ["paddingLeft", "paddingRight", "borderLeftWidth", "borderRightWidth"];

/** Pixels that the frames around an element take of the width of the page. */
function frames(element) {
  let taken = 0;
  for (let node = element.parentElement; node && node.tagName !== "MAIN"; node = node.parentElement) {
    const style = getComputedStyle(node);
    taken += INSETS.reduce((sum, name) => sum + Number.parseFloat(style[name]), 0);
  }
  return taken;
}

/** Fit the map of `element` to the sheet whenever the page is printed, and give it back its size. */
export function fitPaper(element) {
  addEventListener("beforeprint", () => {
    const { clientWidth: width, clientHeight: height, parentElement: box } = element;
    if (width === 0) return;
    const fits = (PAPER_PX - frames(element)) / width;
    const scale = Math.min(fits, Math.max(1, HIGHEST_PX / height));
    Object.assign(element.style, { width: `${width}px`, height: `${height}px`, zoom: scale });
    // What the map does not fill is paper, not ground without a map.
    Object.assign(box.style, { width: `${width * scale}px`, height: `${height * scale}px` });
  });
  addEventListener("afterprint", () => {
    Object.assign(element.style, { width: "", height: "", zoom: "" });
    Object.assign(element.parentElement.style, { width: "", height: "" });
  });
}
