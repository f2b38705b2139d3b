import { expect, test } from "vitest";
import { prepareImage } from "../../src/articles/image.ts";
import { readYaml } from "../../src/config/yaml.ts";
import { LIMITS } from "../../src/config/defaults.ts";
import { httpFor, serve } from "../lib/http/servers.ts";
import { pictures } from "./pictures.ts";

test.each(pictures)("a picture that is $name", async ({ bytes, reason }) => {
  await using server = await serve((_, response) => response.end(bytes));
  await using http = httpFor([server]);
  const made = await prepareImage(http, { url: `${server.url}/storm`, alt: null }, LIMITS);
  expect(made.kind).toBe(reason === null ? "image" : "none");
  expect(made.kind === "none" ? made.reason : "").toMatch(reason ?? /^$/u);
});

const laughs = [
  "a: &a [x, x, x, x, x, x, x, x, x]",
  ..."bcdefghij".split("").map(
    (name, i) =>
      `${name}: &${name} [${Array(9)
        .fill(`*${"abcdefghi".charAt(i)}`)
        .join(", ")}]`,
  ),
].join("\n");

test.each([
  ["whose aliases grow to a billion values", laughs, /nested too deeply, or its aliases grow too large/u],
  ["that holds itself", "a: &a\n  b: *a", /nested too deeply, or its aliases grow too large/u],
  ["10,000 deep", `a: ${"[".repeat(10_000)}`, /./u],
  ["of 2 MB", `# ${"x".repeat(2_000_000)}`, /larger than 1 MB/u],
])("a config file %s is refused in one sentence", (_, text, told) => {
  const { file, problems } = readYaml("bulletin.yaml", text);
  expect(file).toBeNull();
  expect(problems).toHaveLength(1);
  expect(problems[0]?.what).toMatch(told);
});
