// The program's first file: `node src/start.mjs COMMAND`.
import "./compile-cache.mjs";

// Only what is imported from here on is kept.
const { main } = await import("./main.ts");
await main();
