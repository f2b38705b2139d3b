// What was compiled at one start serves the next. It lies beside the packages, not in a folder that others may write to,
// for it is code; where it cannot be written the program starts without. Not TypeScript: before this has run nothing is
// kept, and the compiler that takes types away costs every process 14 MB in which it works only once.
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/bulletin", import.meta.url)));
