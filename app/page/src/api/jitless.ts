// The stream's parts are checked by zod, which would try whether it may make functions out of text. The page's policy forbids that, and
// says so in the console. Imported before anything that makes a schema.

import { config } from "zod/v4/core";

config({ jitless: true });
