// Small comforts for every page; each works on what the server has rendered, and nothing needs them.
import { countCharacters } from "./counter.js";
import { closeMenus } from "./menus.js";
import { listenForKeys } from "./keys.js";
import { announceNewPosts } from "./news.js";

countCharacters();
closeMenus();
listenForKeys();
announceNewPosts();
