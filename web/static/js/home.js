// The choice of a till: nothing moves but the language.
import { $ } from "./dom.js";
import { bindLanguage } from "./language.js";

bindLanguage($("language"));
