import { afterAll, beforeAll, expect, test } from "vitest";
import { command, programOf } from "../../src/cli/program.ts";
import type { Doors } from "../../src/cli/doors.ts";
import { type Desk, openDesk } from "./bulletin.ts";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({
    "config/bulletin.yaml": "feeds:\n  - url: https://a.example\n    evry: 5 minutes\n",
    "config/notes.txt": "hello",
  });
});
afterAll(() => desk[Symbol.asyncDispose]());

const unused = (): never => {
  throw new Error("not opened");
};

/** The command line with doors that open nothing, and what it printed. */
function closedDoors(): { readonly doors: Doors; readonly printed: () => string } {
  let printed = "";
  const write = (text: string): void => void (printed += text);
  const doors: Doors = {
    terminal: { out: write, error: write, interactive: false, color: false },
    open: unused,
    openAside: unused,
    run: unused,
    ask: null,
    restore: unused,
    existing: unused,
    writeConfig: unused,
    signal: AbortSignal.abort(),
    sleep: unused,
  };
  return { doors, printed: () => printed };
}

const NAMES = programOf(closedDoors().doors, "0", () => undefined).commands.map((one) => one.name());

test("there is a command for all that an admin can do", () => {
  expect(NAMES.toSorted()).toEqual(
    "backup check drop edit held init keypoints move pause poll post preview release restore resume retry run schema settle status undo why".split(
      " ",
    ),
  );
});

test.each(NAMES)("the help of %s shows how it is typed", async (name) => {
  const { doors, printed } = closedDoors();
  expect(await command(doors, ["help", name], "0")).toBe(0);
  expect(printed()).toMatch(new RegExp(`Examples:\n  bulletin ${name}`, "u"));
});

test("a mistyped command or option ends with 2 and a suggestion", async () => {
  const wrong = await desk.bulletin(["statsu"]);
  expect(wrong).toMatchObject({ code: 2, out: "" });
  expect(wrong.error).toContain("unknown command 'statsu'\n(Did you mean status?)");
  const { doors, printed } = closedDoors();
  expect(await command(doors, ["check", "--ofline"], "0")).toBe(2);
  expect(printed()).toContain("(Did you mean --offline?)");
});

test.each([
  ["post", "give the article's address, or --latest"],
  ["settle 3kabc --send --sent https://x.example", "say --sent LINK"],
  ["settle 3kabc", "say --sent LINK"],
  ["keypoints", "give addresses or saved pages"],
  ["edit https://a.example/storm", "required option '--title <text>'"],
  ["why", "missing required argument 'url'"],
])("%s alone ends with 2 and says what is missing", async (line, what) => {
  const { doors, printed } = closedDoors();
  expect(await command(doors, line.split(" "), "0")).toBe(2);
  expect(printed()).toContain(what);
});

test("a wrong config ends with 1, every problem with its place and the mend", async () => {
  const checked = await desk.bulletin(["check", "--offline"]);
  expect(checked).toMatchObject({ code: 1, out: "" });
  expect(checked.error).toMatch(/bulletin\.yaml:3:5\b.*unknown key "evry"\. Did you mean "every"\?/u);
  expect(checked.error).toMatch(/bulletin\.yaml:2:\d+\b.*post_to/u);
});

test("a config file that is named but not there is said, whatever the command", async () => {
  const ended = await desk.bulletin(["status", "--config", "gone.yaml"]);
  expect(ended).toMatchObject({ code: 1, out: "" });
  expect(ended.error).toMatch(/gone\.yaml does not exist\.\n$/u);
});

test("a config folder that is named but not there is no reason to run the sample", async () => {
  const gone = await desk.bulletin(["status", "--config", "gone"]);
  expect(gone).toMatchObject({ code: 1, out: "" });
  expect(gone.error).toMatch(/gone does not exist: name a folder/u);
  const variable = await desk.bulletin(["status"], { BULLETIN_CONFIG: "config/notes.txt" });
  expect(variable.code).toBe(1);
  expect(variable.error).toMatch(/notes\.txt is no folder, and no \*\.yaml file/u);
});

test("the help of a command names the options that all take", async () => {
  const { doors, printed } = closedDoors();
  await command(doors, ["help", "why"], "0");
  expect(printed()).toMatch(/Global Options:[^]*--config <path>[^]*--data <folder>[^]*--json/u);
});

test("the schema is JSON, whatever the config is like", async () => {
  const { code, out } = await desk.bulletin(["schema"]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ title: "Bulletin", type: "object" });
});
