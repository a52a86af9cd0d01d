/** What every page does on start. */
import { startBell } from "./bell.js";
import { enhanceDialogs } from "./dialogs.js";
import { startFeed } from "./feed.js";
import { enhanceForms } from "./forms.js";
import { enhanceLive } from "./live.js";
import { enhanceMenus, enhancePanels } from "./menus.js";
import { announceArrivals } from "./pages/cases-arrivals.js";
import { watchOnlookers } from "./presence.js";
import { enhanceSearch } from "./search.js";
import { guardField } from "./sign-out.js";
import { enhanceTables } from "./tables.js";
import { watchTimes } from "./times.js";

enhanceDialogs();
enhanceForms();
enhanceMenus();
enhancePanels();
enhanceSearch();
enhanceTables();
watchTimes();
enhanceLive();
announceArrivals();
watchOnlookers();
guardField();
startBell();
startFeed();
document.body.dataset.ready = "true";
