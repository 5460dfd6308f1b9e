// The manager's pages: the frame, and the section that this page shows.
import { post } from "./api.js";
import { $ } from "./dom.js";
import { bindLanguage } from "./language.js";
import { setCurrency } from "./money.js";
import { page } from "./words.js";

setCurrency(page.currency);
bindLanguage($("language"));
$("logout").addEventListener("click", async () => {
  await post("/api/logout", { lane: page.lane }).catch(() => {});
  location.assign("/");
});
document.querySelector(".desk-nav [aria-current]").scrollIntoView({ block: "nearest", inline: "center" });
const { start } = await import(`./manager/${page.section}.js`);
start($("body"));
