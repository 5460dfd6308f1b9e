// The language button: remembered on this screen, then the page comes again in the other language.
import { post } from "./api.js";
import { page } from "./words.js";

export function bindLanguage(button) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await post("/api/lang", { lang: button.lang, ...(page.lane && { lane: page.lane }) });
    } finally {
      location.reload();
    }
  });
}
