// npm drops `gypfile: false` from the lockfile whenever it writes it; without it npm 10 runs node-gyp for
// better-sqlite3 (tests only), although its tarball carries prebuilt files. `npm run lock` puts it back.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
lock.packages["node_modules/better-sqlite3"].gypfile = false;
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
