// The review's comforts: keys, a claim that renews itself, counts that stay live. Every page works without.
import { listenForKeys } from "./review-keys.js";
import { readAhead } from "./review-ahead.js";
import { keepClaim } from "./review-claim.js";
import { keepTyped } from "./review-typed.js";
import { stayLive } from "./review-live.js";
import { followRules } from "./review-panels.js";
import { peeksClose } from "./review-peek.js";
import { swipes } from "./review-swipes.js";
import { showBySteps } from "./review-pictures.js";
import { findRules } from "./review-rules.js";
import { tellsTheTime } from "./review-clock.js";

followRules();
findRules();
listenForKeys();
keepClaim();
keepTyped();
stayLive();
showBySteps();
peeksClose();
readAhead();
swipes();
tellsTheTime();
