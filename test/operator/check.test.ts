import { expect, test } from "vitest";
import { check } from "../../src/operator/check.ts";
import { openFolder, openTestApp } from "../support/app.ts";
import { openTestClock } from "../support/clock.ts";
import { openPublisher } from "../support/publisher.ts";
import { scripted } from "../support/scripted.ts";

const LOGIN = '<title>Sign in</title><form><input name=user><input type="password" name=p></form>';

test("check says where a feed is named, and of a login page or a closed address what helps", async () => {
  await using folder = await openFolder();
  await using site = await openPublisher((request, response) => {
    if (request.url === "/members") return response.writeHead(302, { location: "/login" }).end();
    if (request.url !== "/login") return response.writeHead(404).end();
    return response.setHeader("content-type", "text/html").end(LOGIN);
  });
  await using app = await openTestApp({
    folder: folder.path,
    clock: openTestClock(),
    destinations: [scripted("discord:1")],
    yaml: `contact: desk@frontline.example
feeds:
  - { name: members, url: "${site.url}/members", post_to: [{ discord: 1 }] }
  - { name: inside, url: "http://10.1.2.3/feed", post_to: [discord:1] }
`,
  });
  const checked = await Array.fromAsync(check(app.operator, false));
  expect(checked.filter(({ problems }) => problems.length > 0)).toEqual([
    {
      name: "members",
      place: expect.stringMatching(/bulletin\.yaml:5$/u),
      problems: [
        {
          what: `no feed was found there (it leads to ${site.url}/login): it asks for a password`,
          mend: "write the feed's own address, often https://SITE/feed/; it must be open to everybody",
          severity: "error",
        },
      ],
    },
    {
      name: "inside",
      place: expect.stringMatching(/bulletin\.yaml:6$/u),
      problems: [
        {
          what: expect.stringContaining("10.1.2.3 is private"),
          mend: 'if you mean it, write into the config: network: { allow: ["10.1.2.3"] }',
          severity: "error",
        },
      ],
    },
  ]);
});
